"""The order of lists: by what every record has, and by the fields of an app."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Numeric, String, case, cast, func, literal

from app_catalog.definitions.model import SEVERAL, RecordType, SortKey
from app_catalog.definitions.model.indexes import NUMBERS
from app_runtime.indexing.entries import LONGEST, NOTHING
from app_runtime.indexing.using import Usable
from app_runtime.records.actors import Actor
from app_runtime.records.models import Record
from app_runtime.records.paging import Key
from app_runtime.records.permissions import rows_predicate, title_fields
from app_runtime.records.pinned import Kinds, by_own_kind, same_clause

_NOTHING: Mapping[type, Any] = {bool: False, datetime: datetime(1970, 1, 1, tzinfo=UTC), Decimal: NOTHING}
_NUMBER = r"^-?[0-9]+(\.[0-9]+)?$"
_MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T"
_END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)
_DISTANT_PAST = datetime(1970, 1, 1, tzinfo=UTC)
_SORTED: dict[str, Key] = {
    "created_at": Key(Record.created_at),
    "closed_at": Key(func.coalesce(Record.closed_at, _DISTANT_PAST)),
    "due": Key(func.coalesce(Record.due_at, _END_OF_TIME)),
    "number": Key(func.coalesce(Record.number, "")),
    "title": Key(Record.title),
    "state": Key(Record.state),
    "open": Key(Record.open),
    "overdue": Key(Record.overdue),
    "checked": Key(Record.checked),
    "published": Key(Record.published),
}


def order_keys(kinds: Kinds, actor: Actor, sort: Sequence[SortKey], usable: Usable) -> list[Key]:
    """The keys of an order as a page declares it, down to one that no two records share."""
    keys, of_fields = [], False
    for part in sort:
        found = _SORTED.get(part.field)
        if found is None:
            of_fields = True
            found = Key(_own_column(kinds, part.field, usable))
        elif part.field == "created_at" and (made := usable.made()) is not None:
            found = Key(made[0])
        keys.append(Key(_by_own_kind(kinds, actor, part.field, found.column), part.descending))
    last = keys[-1].descending if keys else True
    at, record_id = usable.made() or (Record.created_at, Record.id)
    if of_fields and all(part.field != "created_at" for part in sort):
        # As entries are in the order of, so that a cursor is good whether they are used or not.
        keys.append(Key(at, last))
    return [*keys, Key(record_id, last)]


def _own_column(kinds: Kinds, name: str, usable: Usable) -> Any:
    """The values of a field to sort by, never null; as its index has them, whether that can be used or not."""
    if name in usable.joined:
        return usable.column(name)
    stored: ColumnElement[Any] = Record.data[name].astext
    types = {kind.fields[name].type for _, kind in kinds if name in kind.fields}
    if types <= NUMBERS:
        return func.coalesce(number_of_text(stored), cast(literal("-Infinity"), Numeric))
    if types == {"datetime"}:
        moment = case((stored.op("~")(_MOMENT), cast(stored, DateTime(timezone=True))), else_=None)
        epoch = cast(func.extract("epoch", moment), Numeric)
        return func.coalesce(epoch, cast(literal("-Infinity"), Numeric))
    if types == {"boolean"}:
        return func.coalesce(stored, "false")
    return func.coalesce(func.left(stored, LONGEST, type_=String), "")


def number_of_text(stored: ColumnElement[Any]) -> ColumnElement[Any]:
    """A stored value as a number; NULL where it is none."""
    return case((stored.op("~")(_NUMBER), cast(stored, Numeric)), else_=None)


def several(kind: RecordType, name: str) -> bool:
    """Whether records of this kind may have many values in the field."""
    return name in kind.fields and kind.fields[name].type in SEVERAL


def _by_own_kind(kinds: Kinds, actor: Actor, name: str, column: Any) -> Any:
    """The column to sort by; rows whose own version does not show it to the reader stand where those without a value
    do, so that an upgrade neither tells nor hides anything."""
    if len(kinds) == 1 or name == "created_at":
        return column

    def needing(kind: RecordType) -> frozenset[str]:
        return title_fields(kind) if name == "title" else frozenset({name})

    showing = by_own_kind(kinds, lambda kind: rows_predicate(kind, actor, needing=needing(kind)))
    if same_clause(showing, by_own_kind(kinds, lambda kind: rows_predicate(kind, actor))):
        return column
    return case((showing, column), else_=literal(_NOTHING.get(column.type.python_type, ""), column.type))
