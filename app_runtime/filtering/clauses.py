"""A structured filter as a clause over the rows of one record type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Numeric, String, and_, case, cast, false, func, literal, not_, or_, true
from sqlalchemy.dialects.postgresql import ARRAY, array

from app_catalog.definitions.model import RecordType
from app_catalog.definitions.model.filters import FILTERED_ATTRIBUTES, Condition, Where
from app_runtime.indexing.using import Usable, usable_indexes
from app_runtime.records.models import Record
from app_runtime.records.running_app import RunningApp

_COLUMNS: Mapping[str, Any] = {
    "state": Record.state,
    "open": Record.open,
    "overdue": Record.overdue,
    "checked": Record.checked,
    "published": Record.published,
    "agency": Record.agency_id,
    "assignee": Record.assignee_id,
    "number": Record.number,
    "created_at": Record.created_at,
    "closed_at": Record.closed_at,
    "due": Record.due_at,
}
_NUMBERS = ("integer", "money", "decimal")
_SEVERAL = ("choices", "agencies", "persons")
_NUMBER = r"^-?[0-9]+(\.[0-9]+)?$"
_MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T"


def where_clause(app: RunningApp, kind: RecordType, where: Where, usable: Usable | None = None) -> ColumnElement[bool]:
    """The rows of this type that pass the filter; what a type does not know, no row of it passes.

    Ranges go by the indexes of `usable` (`ranged_indexes`), where it has one of the field.
    """
    parts = [_condition(app, kind, one, usable) for one in where.conditions]
    parts += [where_clause(app, kind, one, usable) for one in where.every]
    if where.some:
        parts.append(or_(false(), *(where_clause(app, kind, one, usable) for one in where.some)))
    if where.no is not None:
        # A value that is not there is no other value: NULL would be neither in nor out.
        parts.append(not_(func.coalesce(where_clause(app, kind, where.no, usable), false())))
    return and_(true(), *parts)


def ranged_indexes(app: RunningApp, record_type: str, where: Where) -> Usable:
    """The whole indexes over fields of which this filter takes a range, and those of its ranges that few records are
    in (ADR 56); asks nothing where it takes none."""
    asked = _ranged_conditions(where)
    usable = usable_indexes(app, record_type, {one.name for one in asked})
    known = [one for one in asked if one.name in usable.types]
    few = frozenset(one for one in known if usable.finds_few(app.session, one.name, one.min, one.max))
    return replace(usable, ranges=few)


def _ranged_conditions(where: Where) -> set[Condition]:
    found = {one for one in where.conditions if not one.values}
    inner = (*where.every, *where.some, *((where.no,) if where.no is not None else ()))
    return found.union(*(_ranged_conditions(one) for one in inner))


def _condition(app: RunningApp, kind: RecordType, condition: Condition, usable: Usable | None) -> ColumnElement[bool]:
    field = kind.fields.get(condition.name)
    if field is not None:
        if field.private:
            return false()
        if usable is not None and condition in usable.ranges and usable.types[condition.name] == field.type:
            return usable.holds(condition.name, condition.min, condition.max)
        if field.type == "area":
            # A record in a village is one in its district.
            condition = replace(condition, values=app.areas.with_villages(map(str, condition.values)))
        return _of_field(field.type, condition)
    if condition.name not in _COLUMNS:
        return false()
    column = _COLUMNS[condition.name]
    if condition.name == "agency":
        found = [app.agencies.by_key[str(key)].id for key in condition.values if str(key) in app.agencies.by_key]
        return Record.agency_id.in_(found)
    if FILTERED_ATTRIBUTES[condition.name] == "boolean":
        return or_(false(), *(column.is_(bool(value)) for value in condition.values))
    if FILTERED_ATTRIBUTES[condition.name] == "datetime":
        return _ranged(column, condition, lambda value: cast(literal(str(value)), DateTime(timezone=True)))
    return cast(column, String).in_([str(value) for value in condition.values])


def _of_field(kind: str, condition: Condition) -> ColumnElement[bool]:
    stored: ColumnElement[Any] = Record.data[condition.name].astext
    if kind in _SEVERAL:
        wanted = cast(array([str(value) for value in condition.values]), ARRAY(String))
        return Record.data[condition.name].op("?|")(wanted)
    if kind in _NUMBERS:
        number = case((stored.op("~")(_NUMBER), cast(stored, Numeric)), else_=None)
        return _ranged(number, condition, lambda value: cast(literal(str(value)), Numeric))
    if kind == "datetime":
        moment = case((stored.op("~")(_MOMENT), cast(stored, DateTime(timezone=True))), else_=None)
        return _ranged(moment, condition, lambda value: cast(literal(str(value)), DateTime(timezone=True)))
    if kind == "boolean":
        # A box that nobody ticked is not stored.
        return or_(
            false(),
            *(func.coalesce(stored, "false") == str(value).lower() for value in condition.values),
        )
    return _ranged(stored, condition, str)


def _ranged(column: Any, condition: Condition, made: Callable[[Any], Any]) -> ColumnElement[bool]:
    if condition.values:
        return column.in_([made(value) for value in condition.values])  # type: ignore[no-any-return]
    parts = []
    if condition.min is not None:
        parts.append(column >= made(condition.min))
    if condition.max is not None:
        parts.append(column <= made(condition.max))
    return and_(true(), *parts)
