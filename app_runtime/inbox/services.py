"""What somebody at work may act on, over all enabled apps: what is overdue first, then what is due first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import defer

from app_catalog.definitions.model import Definition, RecordType
from app_catalog.installations.definitions import definition_by_digest
from app_catalog.installations.models import Installation
from app_catalog.installations.services import list_installations
from app_runtime.records.actors import Actor
from app_runtime.records.listing import present_rows
from app_runtime.records.models import Record
from app_runtime.records.paging import Key, PageOf, after_cursor, encode_cursor, ordered, page_size
from app_runtime.records.permissions import rows_predicate
from app_runtime.records.presenting import PresentedRecord
from app_runtime.records.running_app import running_app
from lumbung.db.tenancy import AnySession, current_tenant

_NO_DEADLINE = datetime(9999, 1, 1, tzinfo=UTC)
_KEYS = (
    Key(Record.overdue, descending=True),
    Key(func.coalesce(Record.due_at, _NO_DEADLINE), is_time=True),
    Key(Record.id),
)


@dataclass(frozen=True, slots=True)
class InboxCounts:
    """How much there is: all, what is overdue, and what nobody was assigned to."""

    total: int = 0
    overdue: int = 0
    unassigned: int = 0


def inbox(
    session: AnySession,
    actor: Actor,
    *,
    cursor: str | None = None,
    limit: int = 20,
    app_slug: str | None = None,
    overdue: bool | None = None,
) -> PageOf[PresentedRecord]:
    """Open records in a state in which the actor could take an action, by role and agency.

    `actor` comes from `actor_for` with or without an installation. Empty for whoever is not at work here. Raises
    BadRequest for a cursor that is none.
    """
    installations = _installations(session, app_slug)
    query = (
        select(Record, *(key.column for key in _KEYS))
        .options(defer(Record.search_text), defer(Record.search))
        .where(_mine(session, actor, installations))
    )
    if overdue is not None:
        query = query.where(Record.overdue.is_(overdue))
    if cursor:
        query = query.where(after_cursor(_KEYS, cursor))
    size = page_size(limit)
    rows = session.execute(query.order_by(*ordered(_KEYS)).limit(size + 1)).all()
    return PageOf(
        tuple(_present(session, [row[0] for row in rows[:size]], installations, actor)),
        encode_cursor(rows[size - 1][1:]) if len(rows) > size else None,
    )


def inbox_counts(session: AnySession, actor: Actor, *, app_slug: str | None = None) -> InboxCounts:
    """The figures above the inbox."""
    row = session.execute(
        select(
            func.count(),
            func.count().filter(Record.overdue),
            func.count().filter(Record.agency_id.is_(None)),
        ).where(_mine(session, actor, _installations(session, app_slug)))
    ).one()
    return InboxCounts(*row)


def _installations(session: AnySession, app_slug: str | None) -> Sequence[Installation]:
    return [one for one in list_installations(session) if app_slug in (None, one.slug)]


def _present(
    session: AnySession, records: Sequence[Record], installations: Sequence[Installation], actor: Actor
) -> list[PresentedRecord]:
    by_id = {installation.id: installation for installation in installations}
    presented: dict[UUID, PresentedRecord] = {}
    for installation_id in dict.fromkeys(record.installation_id for record in records):
        installation = by_id[installation_id]
        own = [record for record in records if record.installation_id == installation_id]
        app = running_app(session, installation)
        for item in present_rows(app, own, actor.in_app(installation.slug)):
            presented[item.id] = item
    return [presented[record.id] for record in records]


def _mine(session: AnySession, actor: Actor, installations: Sequence[Installation]) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = [false()]
    if actor.is_member:
        for installation in installations:
            definition = definition_by_digest(session, installation.definition_digest)
            in_app = actor.in_app(installation.slug)
            for kind in definition.records.values():
                parts += _actionable(definition, kind, in_app, installation)
    return and_(Record.tenant_id == current_tenant(session), Record.open, or_(*parts))


def _actionable(
    definition: Definition, kind: RecordType, actor: Actor, installation: Installation
) -> list[ColumnElement[bool]]:
    """For each role of the actor: the states in which it may act, on the records that it reaches."""
    found: list[ColumnElement[bool]] = []
    actions = kind.workflow.actions.values() if kind.workflow else ()
    for role in sorted(actor.roles - {"public"}):
        states = sorted({state for action in actions if role in action.by for state in action.from_states})
        if states:
            found.append(
                and_(
                    Record.installation_id == installation.id,
                    Record.record_type == kind.id,
                    Record.state.in_(states),
                    _reach(definition, role, actor),
                    rows_predicate(kind, actor),
                )
            )
    return found


def _reach(definition: Definition, role: str, actor: Actor) -> ColumnElement[bool]:
    own = definition.roles.get(role)
    if role == "agency_head":
        return Record.agency_id.in_(sorted(actor.headed_ids))
    if own is not None and own.scope == "agency":
        return Record.agency_id.in_(sorted(actor.agency_ids))
    return Record.tenant_id.is_not(None)
