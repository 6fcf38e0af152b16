"""Choosing the record that a field names: by its number or its id, among those that whoever chooses may read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, Select, and_, or_, select, true

from app_catalog.definitions.model import Field, RecordType, Target
from app_catalog.definitions.model.filters import EVERYTHING
from app_catalog.installations.definitions import definition_is_given
from app_catalog.installations.services import find_installation
from app_runtime.filtering.clauses import where_clause
from app_runtime.records.actors import Actor
from app_runtime.records.models import Record
from app_runtime.records.named import NamedRecord
from app_runtime.records.permissions import rows_predicate, title_fields
from app_runtime.records.pinned import by_own_kind
from app_runtime.records.running_app import RunningApp, running_app

BETWEEN = " · "
"""Stands between number and title in what is suggested; whoever sends both means the number."""
MOST_SUGGESTED = 8
MOST_FILTERED = 100
_ELSEWHERE = UUID("6f0d1c8e-3b7a-4f57-9a50-0d9ac13fbb10")


def choose(app: RunningApp, spec: Field, typed: str, actor: Actor | None, *, kept: str | None = None) -> str | None:
    """The id of the record that is meant by a number or an id, or None: also when there is one that the actor may not
    choose, so that nobody learns of it.

    `actor` None is the platform itself, to which `where` does not apply. What the field names already (`kept`) may
    stay.  The chosen record is held as it is until the transaction ends, so that `where` is true when this is stored.
    """
    assert spec.target is not None
    words = typed.split(BETWEEN)[0].strip()
    if kept is not None and words in _names_of(app, kept, actor):
        return kept
    if spec.target.app is not None and definition_is_given():
        # In a scenario there are no other apps; any name stands for a record of one.
        return str(uuid5(_ELSEWHERE, words))
    target = target_app(app, spec.target)
    if target is None or spec.target.record not in target.definition.records:
        return None
    query = _choices(target, spec.target, actor).where(_named(words))
    if spec.target.where.conditions or spec.target.where.every or spec.target.where.some or spec.target.where.no:
        query = query.with_for_update(read=True, of=Record)
    found = app.session.scalars(query.with_only_columns(Record.id).limit(1)).first()
    return None if found is None else str(found)


def as_shown(app: RunningApp, fields: Mapping[str, Field], values: Mapping[str, Any], reader: Actor) -> dict[str, Any]:
    """Stored values as a form shows them: what a field names by number and title, as far as this reader sees it."""
    found = dict(values)
    for name, spec in fields.items():
        if spec.target is not None and found.get(name):
            named = app.named.told(found[name], reader)
            found[name] = named.label if named is not None else found[name]
    return found


def suggest_records(
    app: RunningApp, spec: Field, typed: str, actor: Actor, *, limit: int = MOST_SUGGESTED
) -> Sequence[NamedRecord]:
    """Records that may be chosen and whose number or title has these words, the newest first."""
    assert spec.target is not None
    target = target_app(app, spec.target)
    if target is None or spec.target.record not in target.definition.records:
        return []
    query = _choices(target, spec.target, actor)
    words = typed.split(BETWEEN)[0].strip()[:100]
    if words:
        reader = actor.in_app(target.installation.slug)
        query = query.where(by_own_kind(target.kinds(spec.target.record), lambda kind: _like(kind, reader, words)))
    rows = app.session.scalars(query.order_by(Record.created_at.desc(), Record.id.desc()).limit(limit)).all()
    app.named.look_ahead(str(row.id) for row in rows)
    told = (app.named.told(row.id, actor) for row in rows)
    return [one for one in told if one is not None]


def named_before(app: RunningApp, spec: Field, reader: Actor) -> Sequence[NamedRecord]:
    """The records that the field may name or might have named, the newest first, as far as this reader may read
    them: what a list is filtered by."""
    assert spec.target is not None
    anything = replace(spec, target=replace(spec.target, where=EVERYTHING))
    return suggest_records(app, anything, "", reader, limit=MOST_FILTERED)


def suggest_address(app: RunningApp, spec: Field) -> str:
    """Where records that the field may name are suggested; empty for fields that name none."""
    return f"/{app.installation.slug}/choose/{spec.target.owner}/{spec.id}" if spec.target is not None else ""


def target_app(app: RunningApp, target: Target) -> RunningApp | None:
    """The app whose records a field names, or None while it is not enabled here."""
    if target.app is None:
        return app
    installation = find_installation(app.session, target.app)
    return running_app(app.session, installation) if installation is not None else None


def _names_of(app: RunningApp, kept: str, actor: Actor | None) -> tuple[str, ...]:
    """What the record that is named already may be called by this actor."""
    named = app.named.told(kept, actor) if actor is not None else None
    return (kept, named.number) if named is not None and named.number else (kept,)


def _choices(target: RunningApp, spec: Target, actor: Actor | None) -> Select[Record]:
    def may_be_chosen(kind: RecordType) -> ColumnElement[bool]:
        if actor is None or actor.is_system:
            return true()
        rows = rows_predicate(kind, actor.in_app(target.installation.slug), needing=frozenset({"number"}))
        return and_(rows, where_clause(target, kind, spec.where))

    return select(Record).where(
        Record.tenant_id == target.installation.tenant_id,
        Record.installation_id == target.installation.id,
        Record.record_type == spec.record,
        by_own_kind(target.kinds(spec.record), may_be_chosen),
    )


def _named(words: str) -> ColumnElement[bool]:
    try:
        return Record.id == UUID(words)
    except ValueError:
        return Record.number.in_([words, words.upper()])


def _like(kind: RecordType, actor: Actor, words: str) -> ColumnElement[bool]:
    pattern = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    seen = rows_predicate(kind, actor, needing=title_fields(kind))
    return or_(Record.number.ilike(pattern), and_(seen, Record.title.ilike(pattern)))
