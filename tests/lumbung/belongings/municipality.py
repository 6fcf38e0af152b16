"""One of everything that has an id and belongs to a municipality."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app_catalog.evaluations.models import Evaluation
from app_catalog.installations.models import InstalledDefinition
from app_catalog.wishes.models import WishRuling
from app_runtime.drafts.models import FormDraft
from app_runtime.imports.models import Import
from app_runtime.records.models import RecordFile
from app_runtime.upgrades.models import RecordMove
from lumbung.db import as_tenant, now
from lumbung.ids import new_id
from tenants.archives.models import RequestedArchive
from tenants.calendars.models import CalendarDay
from tenants.people.models import Delegation, Invitation
from tenants.preferences.models import PushDevice
from tests.lumbung.belongings.apps import Ids, Sessions, campaign_about, help_for, other_app, request_of, wish_of
from tests.world import Place


def belongings_of(session: Sessions, place: Place, desk_record: UUID, installation: Any) -> Ids:
    """One of everything that has an id, in one municipality."""
    with as_tenant(session, place.id):
        photo = session.scalars(select(RecordFile).where(RecordFile.record_id == desk_record)).one()
        agency = place.agencies["dlh"]
        delegation = Delegation(
            tenant_id=place.id,
            agency_id=agency.id,
            acting_id=place.members["cleaner"].id,
            first_day=date(2026, 1, 1),
            last_day=date(2030, 1, 1),
        )
        day = CalendarDay(tenant_id=place.id, day=date(2027, 4, 1), name="Hari jadi", kind="local")
        invitation = Invitation(
            tenant_id=place.id,
            email="baru@lumbung.test",
            name="Bayu",
            roles=["official"],
            token_digest=str(new_id()),
            expires_at=now() + timedelta(days=3),
        )
        evaluation = Evaluation(
            tenant_id=place.id,
            installation_id=installation.id,
            app_id=installation.app_id,
            version="1.0.0",
            period_start=date(2026, 1, 1),
            period_end=date(2026, 6, 30),
            scores={},
            facts={},
            author_id=place.accounts["evaluator"].id,
            author="Evaluator",
            updated_at=now(),
        )
        brought_in = Import(
            tenant_id=place.id,
            installation_id=installation.id,
            record_type="report",
            file_name="lama.csv",
            format="csv",
            status="paused",
            columns=[],
            mapping={},
            total=1,
            started_at=now(),
        )
        archive = RequestedArchive(
            tenant_id=place.id,
            account_id=place.accounts["admin"].id,
            actor_name="Admin",
            status="ready",
            expires_at=now() + timedelta(days=3),
        )
        draft = FormDraft(
            tenant_id=place.id,
            account_id=place.accounts["admin"].id,
            installation_id=installation.id,
            page="report",
            sealed="x",
            updated_at=now(),
            expires_at=now() + timedelta(days=3),
        )
        device = PushDevice(
            tenant_id=place.id,
            account_id=place.accounts["admin"].id,
            endpoint="https://push.contoh.id/satu",
            endpoint_digest="satu",
            p256dh="",
            auth="",
            key="",
            name="Chrome di Android",
            last_used_at=now(),
        )
        other = InstalledDefinition(
            tenant_id=place.id,
            digest="sha256:other",
            release_id=installation.release_id,
            patches=[],
            created_at=now(),
        )
        asked = request_of(place, installation.app_id)
        elsewhere = request_of(place, other_app(session, installation.app_id).id)
        helped = help_for(session, place, installation)
        wished, hidden = wish_of(place), wish_of(place)
        session.add_all([wished, hidden])
        session.flush()
        account_id = place.accounts["admin"].id
        session.add(WishRuling(wish_id=hidden.id, kind="hidden", reason="Berisi nama.", account_id=account_id))
        session.add_all(
            [delegation, day, invitation, evaluation, brought_in, archive, draft, device, other, asked, elsewhere]
        )
        session.flush()
        move = RecordMove(
            tenant_id=place.id,
            installation_id=installation.id,
            record_type="report",
            from_digest=other.digest,
            to_digest=installation.definition_digest,
            from_version="0.8.0",
            to_version="0.9.0",
            selection={"states": [], "ids": []},
            mapping={},
            status="done",
        )
        session.add(move)
        session.commit()
    return {
        "record_id": desk_record,
        "file_id": photo.file_id,
        "agency_id": agency.id,
        "membership_id": place.members["handler"].id,
        "delegation_id": delegation.id,
        "day_id": day.id,
        "invitation_id": invitation.id,
        "evaluation_id": evaluation.id,
        "import_id": brought_in.id,
        "archive_id": archive.id,
        "draft_id": draft.id,
        "device_id": device.id,
        "move_id": move.id,
        "request_id": asked.id,
        **helped,
        # Everybody may support what others ask about the same app, and nothing about another.
        "wanted_id": elsewhere.id,
        "own_wish_id": wished.id,
        # Everybody may support what is shown, and nobody what a curator hid.
        "shown_wish_id": hidden.id,
        # A campaign about an app that nobody runs here asks nothing of anybody here.
        "campaign_id": campaign_about(session, place, elsewhere.app_id).id,
    }
