"""What a filter asks for, and the rows of one kind that pass it or that a search finds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, false, func, or_, text

from app_catalog.definitions.model import SEVERAL, RecordType
from app_runtime.records.actors import Actor
from app_runtime.records.deriving import searched_fields
from app_runtime.records.models import Record
from app_runtime.records.permissions import rows_predicate, title_fields
from app_runtime.records.running_app import RunningApp


def with_villages(app: RunningApp, record_type: str, filters: Mapping[str, Any]) -> dict[str, Any]:
    """The filters of a list, by which a district finds what names one of its villages too: a record in a village of
    Serpong is one in Serpong. Where the municipality's areas are not known they stay as they are.

    Raises NotFound for an unknown type.
    """
    kinds = app.kinds(record_type)
    areas = {
        name: values
        for name, values in given(filters).items()
        if any(name in kind.fields and kind.fields[name].type == "area" for _, kind in kinds)
    }
    return {**filters, **{name: app.areas.with_villages(map(str, values)) for name, values in areas.items()}}


def given(filters: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The values of each filter that has any."""
    return {name: as_several(value) for name, value in filters.items() if value not in (None, "", [], ())}


def as_several(value: Any) -> list[Any]:
    """What a filter is given, one value or several, as several."""
    return [*value] if isinstance(value, list | tuple | set | frozenset) else [value]


def found_by(kind: RecordType, actor: Actor, search: str) -> ColumnElement[bool]:
    """Rows of this kind that a search finds: by words where the reader sees every field that words are taken from, else
    by the number and by a title that the reader sees."""
    # A title made of anything private is not among the words.
    titled = title_fields(kind) if not any(kind.fields[name].private for name in title_fields(kind)) else frozenset()
    by_words = and_(
        rows_predicate(kind, actor, needing=searched_fields(kind) | titled),
        Record.search.op("@@")(func.websearch_to_tsquery(text("'indonesian'::regconfig"), search)),
    )
    pattern = "%" + search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    by_number = and_(rows_predicate(kind, actor, needing=frozenset({"number"})), Record.number.ilike(pattern))
    by_title = and_(rows_predicate(kind, actor, needing=title_fields(kind)), Record.title.ilike(pattern))
    return or_(by_words, by_number, by_title)


def filter_clause(app: RunningApp, kind: RecordType, name: str, value: Any) -> ColumnElement[bool]:
    """The rows of this kind with one of these values; none where it does not know the name, or keeps it private."""
    values = as_several(value)
    if name in kind.fields:
        if kind.fields[name].private:
            return false()
        if kind.fields[name].type in SEVERAL:
            return or_(*(Record.data[name].has_key(_as_text(one)) for one in values))
        stored: ColumnElement[Any] = Record.data[name].astext
        if kind.fields[name].type == "boolean":
            # A box that nobody ticked is not stored.
            stored = func.coalesce(stored, "false")
        return stored.in_([_as_text(one) for one in values])
    if name == "agency":
        ids = [node.id for key in values if (node := app.agencies.by_key.get(str(key))) is not None]
        return Record.agency_id.in_(ids)
    column: ColumnElement[Any] | None = _FILTERED.get(name)
    if column is None:
        return false()
    if name in ("open", "overdue", "checked", "published"):
        return column.in_([_as_text(one) == "true" for one in values])
    return cast(column, String).in_([str(one) for one in values])


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


_FILTERED: dict[str, Any] = {
    "id": Record.id,
    "number": Record.number,
    "state": Record.state,
    "assignee": Record.assignee_id,
    "created_by": Record.created_by,
    "open": Record.open,
    "overdue": Record.overdue,
    "checked": Record.checked,
    "published": Record.published,
}
