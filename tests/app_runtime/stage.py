"""SIARAN at work in Tangsel, for tests of the runtime: its people as actors, and short ways to act."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.installations.models import Installation
from app_runtime.records.actors import Actor, actor_for
from app_runtime.records.creating import Created, create_record
from app_runtime.records.models import Record, RecordClock, RecordHistory
from app_runtime.workflow.acting import take_action
from lumbung.db import use_tenant
from lumbung.web.access import ANONYMOUS, Visitor
from tenants.people.models import RoleGrant
from tests.siaran import SIARAN, enable_siaran
from tests.world import Place, World

Sessions = scoped_session[Session]
LAMP: dict[str, Any] = {"title": "Lampu jalan mati", "category": "street-light", "place": [106.71, -6.29]}


@dataclass
class Stage:
    """One municipality with the app enabled; the session belongs to it."""

    session: Sessions
    place: Place
    installation: Installation

    def actor(self, person: str) -> Actor:
        """Somebody at work, as signed in."""
        return actor_for(self.session, self.visitor(person), self.installation)

    def visitor(self, person: str) -> Visitor:
        """The same for the web."""
        member = self.place.members[person]
        grants = self.session.execute(
            select(RoleGrant.app_id, RoleGrant.role).where(
                RoleGrant.tenant_id == self.place.id, RoleGrant.membership_id == member.id
            )
        )
        return Visitor(
            account_id=member.account_id,
            name=member.name,
            membership_id=member.id,
            agency_id=member.agency_id,
            roles=frozenset(f"{app}:{role}" if app else role for app, role in grants),
        )

    def citizen(self, code: str | None = None) -> Actor:
        """Somebody without an account, perhaps with a tracking code."""
        return actor_for(self.session, ANONYMOUS, self.installation, tracking_code=code)

    def report(self, values: Mapping[str, Any] | None = None, **options: Any) -> Created:
        """A citizen's report of a dead street light."""
        return create_record(
            self.session, self.installation, self.citizen(), "report", {**LAMP, **(values or {})}, **options
        )

    def act(self, record: Record, actor: Actor | str, action: str, **answers: Any) -> Record:
        """Take an action as somebody."""
        who = self.actor(actor) if isinstance(actor, str) else actor
        return take_action(self.session, record, who, action, answers, channel="scenario")

    def clock(self, record: Record, clock: str) -> RecordClock:
        """The newest round of a clock."""
        query = select(RecordClock).where(RecordClock.record_id == record.id, RecordClock.clock == clock)
        return self.session.scalars(query.order_by(RecordClock.round.desc())).first()  # type: ignore[return-value]

    def history(self, record: Record) -> list[RecordHistory]:
        """Everything noted about a record."""
        query = select(RecordHistory).where(RecordHistory.record_id == record.id)
        return list(self.session.scalars(query.order_by(RecordHistory.sequence)))

    def kinds(self, record: Record) -> list[tuple[str, str]]:
        """Kind and name of everything noted about a record."""
        return [(row.kind, row.name) for row in self.history(record)]


def set_stage(
    session: Sessions, world: World, place: Place | None = None, *, package: Path = SIARAN, **settings: Any
) -> Stage:
    """Enable SIARAN and step into the municipality; committed."""
    chosen = place or world.tangsel
    enable_siaran(session, world, chosen, package=package, **settings)
    session.commit()
    use_tenant(session, chosen.id)
    installation = session.scalars(select(Installation)).one()
    return Stage(session, chosen, installation)


def other_tenant(world: World, stage: Stage) -> UUID:
    """The municipality next door."""
    return world.surabaya.id if stage.place is world.tangsel else world.tangsel.id
