"""The checklist of the first 30 days of an app in a municipality, computed from what has happened and never ticked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Flask, current_app
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from app_catalog.installations.adoptions import find_adoption
from app_catalog.installations.definitions import definition_by_digest
from app_catalog.installations.models import Installation, SettingsVersion
from app_catalog.reviews.models import Review
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text
from tenants.accounts.models import Account
from tenants.agencies.models import Agency, AgencyHead
from tenants.municipalities.models import Municipality
from tenants.people.models import Membership, RoleGrant

SHOWN_FOR = timedelta(days=60)
_EXTENSION = "lumbung_first_use_source"


@dataclass(frozen=True, slots=True)
class FirstUse:
    """When the first record came, and when a deadline was first kept; None while it has not happened."""

    record_at: datetime | None = None
    in_time_at: datetime | None = None


class FirstUseSource(Protocol):
    """Knows the first records of an installation of the session's municipality; the runtime does (ADR 0011)."""

    def first_use(self, session: AnySession, installation: Installation) -> FirstUse: ...


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step: what to do where by which day, and on which day who did it (`day` counts from 1; None is not yet)."""

    id: str
    title: Text
    what: Text
    href: str
    by_day: int
    day: int | None
    who: str = ""

    @property
    def done(self) -> bool:
        """Whether it has happened."""
        return self.day is not None


def install_first_use_source(app: Flask, source: FirstUseSource) -> None:
    """From now on `source` knows the first records."""
    app.extensions[_EXTENSION] = source


def first_days(session: AnySession, installation: Installation) -> list[Step]:
    """The steps of an installation of the session's municipality, in the order in which they are to be done."""
    zone = ZoneInfo(session.get_one(Municipality, installation.tenant_id).timezone)
    began = installation.enabled_at.astimezone(zone).date()

    def day(moment: datetime | None) -> int | None:
        return None if moment is None else max((moment.astimezone(zone).date() - began).days + 1, 1)

    use = _first_use(session, installation)
    at = f"/manage/apps/{installation.slug}"
    set_at, set_by = _settings(session, installation)
    headed_at = _heads(session, installation.tenant_id)
    filled_at, filled_by = _roles(session, installation)
    adoption = find_adoption(session, installation)
    review = session.scalar(
        select(Review).where(Review.tenant_id == installation.tenant_id, Review.app_id == installation.app_id)
    )
    announced = adoption.since if adoption is not None and adoption.ended_at is None else None
    return [
        _step("settings", at, 1, day(set_at), set_by),
        _step("heads", "/manage/agencies", 3, day(headed_at)),
        _step("people", "/manage/people", 5, day(filled_at), filled_by),
        _step("record", f"/{installation.slug}", 7, day(use.record_at)),
        _step("in_time", "/work", 10, day(use.in_time_at)),
        _step("announced", f"{at}#f-announced", 14, day(announced)),
        _step("figures", f"{at}#f-public_numbers", 21, day(_figures(installation))),
        _step(
            "review", f"{at}/review", 30, day(review.created_at if review else None), review.author if review else ""
        ),
    ]


def is_shown(installation: Installation, steps: Sequence[Step]) -> bool:
    """Whether the checklist still belongs on the app's page: it is not done, or the app is new."""
    if installation.status != "enabled":
        return False
    return now() - installation.enabled_at < SHOWN_FOR or any(not step.done for step in steps)


_WORDS: dict[str, tuple[Text, Text]] = {
    "settings": (
        Text("Aturan daerah diisi", "The municipality’s own rules are set"),
        Text(
            "Isi pengaturan: dinas tiap kategori, batas waktu, dan yang lain.",
            "Fill in the settings: agencies, deadlines and the rest.",
        ),
    ),
    "heads": (
        Text("Setiap dinas punya kepala", "Every agency has its head"),
        Text("Kepala diberi tahu bila jawaban terlambat.", "Heads are told when an answer is overdue."),
    ),
    "people": (
        Text("Setiap peran aplikasi terisi", "Every role of the app is held by somebody"),
        Text("Undang petugas dan beri perannya.", "Invite officials and give them their roles."),
    ),
    "record": (
        Text("Berkas pertama masuk", "The first record has come in"),
        Text("Kirim satu percobaan, lalu umumkan kepada warga.", "Send a trial, then tell the citizens."),
    ),
    "in_time": (
        Text("Jawaban pertama tepat waktu", "The first answer in time"),
        Text("Buka kotak kerja dan jawab sebelum tanda merah.", "Open the inbox and answer before the red mark."),
    ),
    "announced": (
        Text("Daerah mengumumkan pemakaiannya", "The municipality says in public that it runs the app"),
        Text(
            "Daerah lain melihat bahwa Anda memakainya dan dapat bertanya.", "Others see that you run it and can ask."
        ),
    ),
    "figures": (
        Text("Angka diterbitkan", "Figures are published"),
        Text("Warga dan daerah lain melihat hasilnya.", "Citizens and other municipalities see the outcome."),
    ),
    "review": (
        Text("Ulasan pertama ditulis", "The first review is written"),
        Text(
            "Katakan kepada daerah lain apa yang baik dan yang kurang.", "Tell others what is good and what is missing."
        ),
    ),
}


def _step(id: str, href: str, by_day: int, day: int | None, who: str = "") -> Step:
    title, what = _WORDS[id]
    return Step(id=id, title=title, what=what, href=href, by_day=by_day, day=day, who=who)


def _first_use(session: AnySession, installation: Installation) -> FirstUse:
    source: FirstUseSource | None = current_app.extensions.get(_EXTENSION)
    return FirstUse() if source is None else source.first_use(session, installation)


def _settings(session: AnySession, installation: Installation) -> tuple[datetime | None, str]:
    """When own values were first set, and by whom."""
    row = session.execute(
        select(SettingsVersion.created_at, Account.name)
        .outerjoin(Account, Account.id == SettingsVersion.changed_by)
        .where(
            SettingsVersion.tenant_id == installation.tenant_id,
            SettingsVersion.installation_id == installation.id,
            SettingsVersion.overrides != {},
        )
        .order_by(SettingsVersion.version)
        .limit(1)
    ).one_or_none()
    return (row[0], row[1] or "") if row else (None, "")


def _heads(session: AnySession, tenant_id: UUID) -> datetime | None:
    """When the last open agency got its head; None while one has none."""
    open_agencies, headed, last = session.execute(
        select(func.count(Agency.id), func.count(AgencyHead.id), func.max(AgencyHead.created_at))
        .select_from(Agency)
        .outerjoin(AgencyHead, (AgencyHead.tenant_id == Agency.tenant_id) & (AgencyHead.agency_id == Agency.id))
        .where(Agency.tenant_id == tenant_id, Agency.closed_at.is_(None))
    ).one()
    found: datetime | None = last if open_agencies and headed >= open_agencies else None
    return found


def _roles(session: AnySession, installation: Installation) -> tuple[datetime | None, str]:
    """When the last of the app's roles was first held by somebody, and who that was; None while one is free."""
    wanted = set(definition_by_digest(session, installation.definition_digest).roles)
    rows = session.execute(
        select(RoleGrant.role, RoleGrant.created_at, Membership.name)
        .join(Membership, (Membership.tenant_id == RoleGrant.tenant_id) & (Membership.id == RoleGrant.membership_id))
        .where(
            RoleGrant.tenant_id == installation.tenant_id,
            RoleGrant.app_id == installation.slug,
            Membership.ended_at.is_(None),
        )
        .ext(distinct_on(RoleGrant.role))
        .order_by(RoleGrant.role, RoleGrant.created_at)
    ).all()
    if not wanted or wanted - {role for role, _, _ in rows}:
        return None, ""
    _, moment, name = max(rows, key=lambda row: row[1])
    return moment, name


def _figures(installation: Installation) -> datetime | None:
    return installation.figures_agreed_at if installation.public_numbers else None
