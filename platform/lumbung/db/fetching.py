"""Rows and answers that every request asks for, by statements compiled once in the session's own transaction."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from functools import cached_property
from threading import Lock
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Date, DateTime, Float, Integer, Select, String, Time, Uuid, select
from sqlalchemy import inspect as inspect_mapped
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session, scoped_session
from sqlalchemy.orm.session import make_transient_to_detached
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import TypeEngine

from lumbung.db.base import Base
from lumbung.db.insertions import keep_stored
from lumbung.db.inside import Inside, Row, compile_inside, run_inside
from lumbung.db.tenancy import AnySession

Model = TypeVar("Model", bound=Base)
Value = TypeVar("Value")
_Reader = Callable[[bytes], Any]
_MOST_KEPT = 2_048


class Fetch(Generic[Model]):
    """A search for one row of a model, compiled when it is first used."""

    def __init__(self, model: type[Model], conditions: Sequence[ColumnElement[bool]]) -> None:
        self.model = model
        self._conditions = conditions

    @cached_property
    def statement(self) -> Inside:
        """What is asked."""
        return compile_inside(select(*self._columns.values()).where(*self._conditions))

    @cached_property
    def readers(self) -> tuple[tuple[str, _Reader], ...]:
        """The attribute of each column, and how its value is read."""
        return tuple((name, _reader(column.type)) for name, column in self._columns.items())

    @cached_property
    def _columns(self) -> dict[str, Any]:
        mapper: Any = inspect_mapped(self.model)
        return {prop.key: prop.columns[0] for prop in mapper.column_attrs if not prop.deferred}


def compile_fetch(model: type[Model], *conditions: ColumnElement[bool]) -> Fetch[Model]:
    """The search for the row of `model` for which all conditions hold, ready for `fetch_one`."""
    return Fetch(model, conditions)


def fetch_one(session: AnySession, fetch: Fetch[Model], values: Mapping[str, Any]) -> Model | None:
    """The row as the session's own; None without one. A row that the session holds already stays as it is, but is read
    again where it had expired, as with any query."""
    (rows,) = run_inside(session, (fetch.statement, values))
    return fetched(session, fetch, rows)


def fetched(session: AnySession, fetch: Fetch[Model], rows: Sequence[Row]) -> Model | None:
    """What `fetch_one` gives, from rows that `run_inside` has brought together with others."""
    session = session() if isinstance(session, scoped_session) else session
    return _own(session, fetch, rows[0]) if rows else None


def _own(session: Session, fetch: Fetch[Model], row: Row) -> Model:
    mapper: Any = inspect_mapped(fetch.model)
    found = cast("Model", mapper.class_manager.new_instance())
    found.__dict__.update(
        (name, None if written is None else read(written))
        for (name, read), written in zip(fetch.readers, row, strict=True)
    )
    identity = mapper.primary_key_from_instance(found)
    held = session.identity_map.get(mapper.identity_key_from_primary_key(identity))
    if held is not None:
        return cast("Model", session.get(fetch.model, tuple(identity)))
    keep_stored(session, found)
    return found


class Rows:
    """A search for any number of rows of entities and columns, compiled when it is first used.

    For answers that `Kept` compares as they are written, and that are rarely read.
    """

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        self.searched = statement

    @cached_property
    def asked(self) -> Inside:
        """What is asked."""
        columns = [column for _, attributes in self._parts for _, column in attributes]
        return compile_inside(self.searched.with_only_columns(*columns, maintain_column_froms=True))

    def read(self, rows: Sequence[Row]) -> list[tuple[Any, ...]]:
        """The rows as the session would give them, but for entities: these belong to no session, and raise
        DetachedInstanceError for what was not read."""
        return [self._one(iter(row)) for row in rows]

    def _one(self, written: Iterator[bytes | None]) -> tuple[Any, ...]:
        return tuple(
            _value(readers[0][1], next(written)) if mapped is None else _entity(mapped, readers, written)
            for mapped, readers in self._readers
        )

    @cached_property
    def _readers(self) -> list[tuple[Any, list[tuple[str, _Reader]]]]:
        return [(mapped, [(name, _reader(column.type)) for name, column in part]) for mapped, part in self._parts]

    @cached_property
    def _parts(self) -> list[tuple[Any, list[tuple[str, Any]]]]:
        """For each entity its class and its attributes with their columns; for a column None and the column."""
        return [_part(asked["expr"]) for asked in self.searched.column_descriptions]


def compile_rows(statement: Select[*tuple[Any, ...]]) -> Rows:
    """The search ready for `run_inside` (`asked`), and the way to read what it gives."""
    return Rows(statement)


def _part(expression: Any) -> tuple[Any, list[tuple[str, Any]]]:
    known: Any = inspect_mapped(expression, raiseerr=False)
    if not (getattr(known, "is_mapper", False) or getattr(known, "is_aliased_class", False)):
        return None, [("", expression)]
    columns = [prop.key for prop in known.mapper.column_attrs if not prop.deferred]
    return known.mapper, [(name, getattr(known.entity, name)) for name in columns]


def _entity(mapper: Any, readers: Iterable[tuple[str, _Reader]], written: Iterator[bytes | None]) -> Any:
    values = {name: _value(read, next(written)) for name, read in readers}
    if all(value is None for value in values.values()):
        # The other side of an outer join.
        return None
    made = mapper.class_manager.new_instance()
    made.__dict__.update(values)
    make_transient_to_detached(made)
    return made


def _value(read: _Reader, written: bytes | None) -> Any:
    return None if written is None else read(written)


class Kept(Generic[Value]):
    """What was made of an answer, by municipality or by what else it is about, for as long as the database answers the
    very same.

    The answer is always read; only what is made of it is kept, of at most so many. Whoever is given it never changes
    it.
    """

    def __init__(self, most: int = _MOST_KEPT) -> None:
        self._kept: OrderedDict[Hashable, tuple[Any, Value]] = OrderedDict()
        self._lock = Lock()
        self._most = most

    def of(self, about: Hashable, answer: Any, make: Callable[[], Value]) -> Value:
        """What `make` makes of `answer` (which, with `about`, says all that it depends on), or has made of an equal one
        before."""
        known = self._kept.get(about)
        if known is not None and known[0] == answer:
            return known[1]
        made = make()
        with self._lock:
            self._kept[about] = (answer, made)
            self._kept.move_to_end(about)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made


def read_columns(row: Row, readers: Sequence[_Reader]) -> list[Any]:
    """The values of a row, each by its reader."""
    return [None if written is None else read(written) for written, read in zip(row, readers, strict=True)]


def readers_of(*columns: Any) -> tuple[_Reader, ...]:
    """How the values of these columns are read. Raises TypeError for types that nobody has needed yet."""
    return tuple(_reader(column.type) for column in columns)


def _reader(kind: TypeEngine[Any]) -> _Reader:
    for types, reader in _READERS:
        if isinstance(kind, types):
            return reader
    raise TypeError(f"Values of type {kind!r} are not fetched.")


def _uuid(written: bytes) -> UUID:
    return UUID(written.decode())


def _boolean(written: bytes) -> bool:
    return written == b"t"


def _moment(written: bytes) -> datetime:
    return datetime.fromisoformat(written.decode())


def _date(written: bytes) -> date:
    return date.fromisoformat(written.decode())


def _time(written: bytes) -> time:
    return time.fromisoformat(written.decode())


_READERS: tuple[tuple[Any, _Reader], ...] = (
    (JSONB, json.loads),
    (Uuid, _uuid),
    (String, bytes.decode),
    ((BigInteger, Integer), int),
    (Float, float),
    (Boolean, _boolean),
    (DateTime, _moment),
    (Date, _date),
    (Time, _time),
)
