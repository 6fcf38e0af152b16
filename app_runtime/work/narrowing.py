"""The inbox of one app, narrowed by what its records say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func

from app_catalog.definitions.model import RecordType
from app_catalog.definitions.model.indexes import looked_up
from app_runtime.indexing.using import Usable, rare_among, usable_indexes
from app_runtime.pages.filters import Filter, filter_options
from app_runtime.records.actors import Actor
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

    @cache
    def ways(record_type: str) -> tuple[Mapping[str, Any], Usable, set[str]]:
        asked, usable = with_villages(app, record_type, chosen), usable_indexes(app, record_type, chosen)
        questions = {name: (name, as_several(value)) for name, value in asked.items() if name in usable.types}
        return asked, usable, rare_among(app.session, usable, questions)

    def passing(kind: RecordType) -> ColumnElement[bool]:
        asked, usable, rare = ways(kind.id)
        clauses = [rows_predicate(kind, actor, needing=frozenset(chosen))]
        for name, value in asked.items():
            clause = filter_clause(app, kind, name, value)
            # What many have is found in the order of the tab, and the planner must not take it to be rare (ADR 56).
            clauses.append(func.coalesce(clause, false()) if name in usable.types else clause)
            if name in rare:
                clauses.append(usable.has(name, as_several(value)))
        return and_(*clauses)

    return passing


def _names(app: RunningApp, kind: RecordType) -> Iterator[str]:
    yield "state"
    yield "agency"
    yield from (field.id for field in looked_up(app.definition, kind.id) if field.type in _OF_FIELDS)
