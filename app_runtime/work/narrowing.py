"""The inbox of one app, narrowed by what its records say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from sqlalchemy import ColumnElement, and_, select

from app_catalog.definitions.model import RecordType
from app_catalog.definitions.model.indexes import index_name, looked_up
from app_runtime.indexing.entries import text_of
from app_runtime.indexing.models import IndexEntry
from app_runtime.indexing.using import usable_indexes
from app_runtime.pages.filters import Filter, filter_options
from app_runtime.records.actors import Actor
from app_runtime.records.models import Record
from app_runtime.records.passing import as_several, filter_clause, with_villages
from app_runtime.records.permissions import fields_read_by, rows_predicate
from app_runtime.records.running_app import RunningApp

_OF_FIELDS = ("choice", "choices", "boolean", "agency", "agencies", "area")
_MOST = 5
"""Filters of one app: a form of more is no help."""


def inbox_filters(app: RunningApp, actor: Actor, asked: Mapping[str, str]) -> list[Filter]:
    """What the inbox of an app can be narrowed by: state, agency, and its `indexed` choices, as far as this person
    reads them."""
    found: dict[str, Filter] = {}
    for kind in app.definition.records.values():
        readable = fields_read_by(kind, actor.roles)
        for name in _names(app, kind):
            if name not in readable or name in found:
                continue
            label, options = filter_options(app, kind, name, actor)
            if len(options) > 1:
                value = asked.get(name, "")
                found[name] = Filter(name, label, options, value if value in dict(options) else "")
    return list(found.values())[:_MOST]


def narrowed(
    app: RunningApp, actor: Actor, filters: Sequence[Filter]
) -> Callable[[RecordType], ColumnElement[bool]] | None:
    """The rows of a kind that pass what was chosen; None where nothing was. Whoever may not read what is filtered by
    finds nothing by it."""
    chosen = {one.name: one.value for one in filters if one.value}
    if not chosen:
        return None

    def passing(kind: RecordType) -> ColumnElement[bool]:
        rows = rows_predicate(kind, actor, needing=frozenset(chosen))
        usable, asked = usable_indexes(app, kind.id, chosen).types, with_villages(app, kind.id, chosen)
        return and_(
            rows,
            *(filter_clause(app, kind, name, value) for name, value in asked.items()),
            *(_by_index(app, kind.id, name, value) for name, value in asked.items() if name in usable),
        )

    return passing


def _names(app: RunningApp, kind: RecordType) -> Iterator[str]:
    yield "state"
    yield "agency"
    yield from (field.id for field in looked_up(app.definition, kind.id) if field.type in _OF_FIELDS)


def _by_index(app: RunningApp, record_type: str, name: str, value: str | Sequence[str]) -> ColumnElement[bool]:
    return Record.id.in_(
        select(IndexEntry.record_id).where(
            IndexEntry.tenant_id == app.installation.tenant_id,
            IndexEntry.installation_id == app.installation.id,
            IndexEntry.name == index_name(record_type, name),
            IndexEntry.text.in_([text_of(one) for one in as_several(value)]),
        )
    )
