"""Families of many records at once, as one reader may see them: numbers of parents, and how many children."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_, select

from app_catalog.definitions.model.families import parent_types
from app_runtime.children.family import Count
from app_runtime.children.showing import opened_by
from app_runtime.records.actors import Actor
from app_runtime.records.models import Record
from app_runtime.records.permissions import rows_predicate
from app_runtime.records.pinned import by_own_kind
from app_runtime.records.running_app import RunningApp

_NUMBER = frozenset({"number"})


@dataclass(frozen=True, slots=True)
class Parent:
    """A record that others may belong to, by its number."""

    id: UUID
    record_type: str
    number: str


def child_of(app: RunningApp, record_type: str, actor: Actor, wanted: str) -> ColumnElement[bool]:
    """The rows of a type that belong to the record with this id or number, as far as the actor reads that record, and
    its number where it is asked for by that."""
    by_id = _as_id(wanted)
    among = _readable(app, parent_types(app.definitions, record_type), actor, needing=frozenset() if by_id else _NUMBER)
    found = Record.id == by_id if by_id else Record.number == wanted
    # The inner rows are other rows of the same table, not those of the list.
    return Record.parent_id.in_(select(Record.id).where(*_mine(app), among, found).correlate(None))


def find_numbers(app: RunningApp, record_types: Iterable[str], actor: Actor, ids: Iterable[UUID]) -> dict[UUID, str]:
    """The numbers of these records by their ids, of those that the actor reads with their number."""
    wanted = set(ids)
    if not wanted:
        return {}
    query = select(Record.id, Record.number).where(
        *_mine(app), Record.id.in_(wanted), _readable(app, record_types, actor, needing=_NUMBER)
    )
    return {row.id: row.number for row in app.session.execute(query) if row.number}


def find_numbered(app: RunningApp, actor: Actor, numbers: Iterable[str]) -> dict[str, list[Parent]]:
    """The records of an app with these numbers, of any type, that the actor reads with their number."""
    wanted = set(numbers)
    if not wanted:
        return {}
    types = dict.fromkeys(name for definition in app.definitions for name in definition.records)
    query = select(Record.id, Record.record_type, Record.number).where(
        *_mine(app), Record.number.in_(wanted), _readable(app, types, actor, needing=_NUMBER)
    )
    found: dict[str, list[Parent]] = {}
    for row in app.session.execute(query.order_by(Record.id)):
        found.setdefault(str(row.number), []).append(Parent(row.id, row.record_type, str(row.number)))
    return found


def count_families(app: RunningApp, records: Sequence[Record], actor: Actor) -> dict[UUID, dict[str, Count]]:
    """How many children each record has by their type, as its page counts them: those that the actor reads, and all of
    those that the actor's own actions open."""
    kinds = {name: kind for definition in app.definitions for name, kind in definition.records.items()}
    parents = [record for record in records if record.record_type in kinds and kinds[record.record_type].children]
    if not parents:
        return {}
    types = dict.fromkeys(spec.record for kind in kinds.values() for spec in kind.children.values())
    told = [_readable(app, types, actor)]
    opened: dict[str, list[UUID]] = {}
    for record in parents:
        for name in opened_by(app, record, actor):
            opened.setdefault(name, []).append(record.id)
    told += [and_(Record.record_type == name, Record.parent_id.in_(ids)) for name, ids in opened.items()]
    query = (
        select(
            Record.parent_id,
            Record.record_type,
            func.count().label("many"),
            func.count().filter(Record.open).label("open"),
        )
        .where(*_mine(app), Record.parent_id.in_([record.id for record in parents]), or_(*told))
        .group_by(Record.parent_id, Record.record_type)
    )
    found: dict[UUID, dict[str, Count]] = {record.id: {} for record in parents}
    for row in app.session.execute(query):
        found[row.parent_id][row.record_type] = Count(row.many, row.open)
    return found


def _readable(
    app: RunningApp, record_types: Iterable[str], actor: Actor, *, needing: frozenset[str] = frozenset()
) -> ColumnElement[bool]:
    parts = [
        and_(
            Record.record_type == name,
            by_own_kind(app.kinds(name), lambda kind: rows_predicate(kind, actor, needing=needing)),
        )
        for name in record_types
    ]
    return or_(false(), *parts)


def _mine(app: RunningApp) -> tuple[ColumnElement[bool], ...]:
    return Record.tenant_id == app.installation.tenant_id, Record.installation_id == app.installation.id


def _as_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
