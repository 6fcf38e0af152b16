"""What the filters of a list ask of each row, in the words of PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import (
    Boolean,
    ColumnElement,
    DateTime,
    Float,
    Text,
    Uuid,
    bindparam,
    func,
    literal_column,
    true,
    tuple_,
)

from app_catalog.definitions.model import SEVERAL, RecordType
from app_runtime.api.by_index import BETWEEN_IN_SQL, ByIndex
from app_runtime.api.columns import public_names, shows_place
from app_runtime.api.family import PARENT_FILTERS
from app_runtime.records.models import Record


def of_kind(kind: RecordType, name: str, way: ByIndex) -> ColumnElement[bool]:
    """What a filter asks of the rows of this kind; true where something else sees to it."""
    if name == "bbox":
        return true() if shows_place(kind) else literal_column("false", Boolean)
    if name in OF_EVERY_ROW:
        return true()
    if name in PARENT_FILTERS and name not in kind.fields:
        return true()
    if name not in public_names(kind):
        return literal_column("false", Boolean)
    if name in way.indexed:
        return true() if name in kind.fields else literal_column("false", Boolean)
    wanted = func.string_to_array(bindparam(name, type_=Text), BETWEEN_IN_SQL)
    if name in kind.fields and kind.fields[name].type in SEVERAL:
        held: ColumnElement[bool] = Record.data[name].has_any(wanted)
        return held
    column = Record.state if name == "state" else Record.data[name].astext
    return column == func.any(wanted)


def _after(way: ByIndex) -> ColumnElement[bool]:
    after = tuple_(bindparam("after_at", type_=DateTime(timezone=True)), bindparam("after_id", type_=Uuid))
    return tuple_(way.made_at, way.record_id) < after


def _updated(way: ByIndex) -> ColumnElement[bool]:
    return Record.updated_at >= bindparam("updated_since", type_=DateTime(timezone=True))


def _in_box(way: ByIndex) -> ColumnElement[bool]:
    sides = {side: bindparam(side, type_=Float) for side in ("west", "south", "east", "north")}
    return Record.place_lon.between(sides["west"], sides["east"]) & Record.place_lat.between(
        sides["south"], sides["north"]
    )


# They hold whichever version a row is on, and stand alone, so that an index serves them.
OF_EVERY_ROW: Mapping[str, Callable[[ByIndex], ColumnElement[bool]]] = {
    "after": _after,
    "updated_since": _updated,
    "bbox": _in_box,
}
