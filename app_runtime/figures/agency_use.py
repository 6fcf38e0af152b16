"""How each agency of a municipality works with an app: for its own administrators alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, func, or_, select

from app_catalog.installations.agency_usage import named_agencies
from app_catalog.installations.models import Installation
from app_runtime.records.agency_tree import AgencyNode, load_agencies
from app_runtime.records.models import Record, RecordHistory
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from tenants.people.models import Membership, RoleGrant

LOOKED_BACK: Final = timedelta(days=30)
PATIENCE: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class AgencyUse:
    """One agency over the last thirty days. `received` are new records that it has now, `handled` those that somebody
    acted on, `open` and `overdue` how it stands at this moment. `officials` hold a role in the app, `active` of them
    did something. `last_at` is when an official last did, `waiting_since` when the oldest open record was made.
    `agency` None stands for records that no agency has yet."""

    agency: AgencyNode | None
    received: int
    handled: int
    open: int
    overdue: int
    officials: int
    active: int
    last_at: datetime | None
    waiting_since: datetime | None

    @property
    def silent(self) -> bool:
        """Whether there has been work for it for a week and nobody does any."""
        waited = self.waiting_since is not None and now() - self.waiting_since >= PATIENCE
        return self.agency is not None and waited and self.last_at is None


def list_agency_use(session: AnySession, installation: Installation) -> list[AgencyUse]:
    """Each agency that the app covers (named in its settings, with officials or with records), in the municipality's
    order; records that no agency has come last."""
    since = now() - LOOKED_BACK
    held = {row.agency_id: row for row in _held(session, installation, since)}
    done = {row.agency_id: row for row in _done(session, installation, since)}
    officials = _officials(session, installation)
    acting = _acting(session, installation, since)
    named = named_agencies(session, installation)
    tree = load_agencies(session)
    covered = [
        node
        for node in tree.by_id.values()
        if node.id in held or node.id in officials or (node.open and node.key in named)
    ]
    found: Iterable[AgencyNode | None] = [*covered, None] if None in held else covered
    return [
        _use(node, held.get(node.id if node else None), done.get(node.id if node else None), officials, acting)
        for node in found
    ]


def _use(
    node: AgencyNode | None, held: Any, done: Any, officials: dict[UUID | None, set[UUID]], acting: set[UUID]
) -> AgencyUse:
    people = officials.get(node.id, set()) if node else set()
    return AgencyUse(
        agency=node,
        received=held.received if held else 0,
        handled=done.handled if done else 0,
        open=held.open if held else 0,
        overdue=held.overdue if held else 0,
        officials=len(people),
        active=len(people & acting),
        last_at=done.last_at if done else None,
        waiting_since=held.waiting_since if held else None,
    )


def _held(session: AnySession, installation: Installation, since: datetime) -> Iterable[Any]:
    return session.execute(
        select(
            Record.agency_id,
            func.count().filter(Record.created_at >= since).label("received"),
            func.count().filter(Record.open).label("open"),
            func.count().filter(and_(Record.open, Record.overdue)).label("overdue"),
            func.min(Record.created_at).filter(Record.open).label("waiting_since"),
        )
        .where(
            Record.tenant_id == installation.tenant_id,
            Record.installation_id == installation.id,
            or_(Record.open, Record.created_at >= since),
        )
        .group_by(Record.agency_id)
    )


def _done(session: AnySession, installation: Installation, since: datetime) -> Iterable[Any]:
    return session.execute(
        select(
            Record.agency_id,
            func.count(func.distinct(Record.id)).label("handled"),
            func.max(RecordHistory.created_at).label("last_at"),
        )
        .join(Record, and_(Record.tenant_id == RecordHistory.tenant_id, Record.id == RecordHistory.record_id))
        .where(*_acted(installation, since))
        .group_by(Record.agency_id)
    )


def _acting(session: AnySession, installation: Installation, since: datetime) -> set[UUID]:
    """The accounts of who did something."""
    rows = session.scalars(
        select(RecordHistory.actor_id)
        .distinct()
        .join(Record, and_(Record.tenant_id == RecordHistory.tenant_id, Record.id == RecordHistory.record_id))
        .where(*_acted(installation, since))
    )
    return {account for account in rows if account is not None}


def _acted(installation: Installation, since: datetime) -> tuple[Any, ...]:
    return (
        RecordHistory.tenant_id == installation.tenant_id,
        Record.tenant_id == installation.tenant_id,
        Record.installation_id == installation.id,
        RecordHistory.created_at >= since,
        RecordHistory.actor_kind == "member",
        RecordHistory.kind != "imported",
    )


def _officials(session: AnySession, installation: Installation) -> dict[UUID | None, set[UUID]]:
    rows = session.execute(
        select(Membership.agency_id, Membership.account_id)
        .join(RoleGrant, and_(RoleGrant.tenant_id == Membership.tenant_id, RoleGrant.membership_id == Membership.id))
        .where(
            Membership.tenant_id == installation.tenant_id,
            RoleGrant.tenant_id == installation.tenant_id,
            Membership.ended_at.is_(None),
            RoleGrant.app_id == installation.slug,
        )
    )
    found: dict[UUID | None, set[UUID]] = {}
    for agency_id, account_id in rows:
        found.setdefault(agency_id, set()).add(account_id)
    return found
