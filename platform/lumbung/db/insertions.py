"""New rows, each stored by a statement that is compiled once for its model; sent with others by `run_inside`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, insert
from sqlalchemy import inspect as inspect_mapped
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.session import make_transient_to_detached

from lumbung.db.base import Base
from lumbung.db.inside import UNSET, Asked, Inside, compile_inside
from lumbung.db.tenancy import AnySession

_MOST_TOGETHER = 4


def insertion(*rows: Base) -> Asked:
    """The statement that stores new rows of one model, with the values that they have by now and the model's
    defaults."""
    plan = _plan(type(rows[0]), len(rows))
    values: dict[str, Any] = {}
    for row, names in zip(rows, plan.names, strict=True):
        held = row.__dict__
        for name, default in plan.defaults:
            if name not in held:
                setattr(row, name, default())
        values |= {sent: held.get(name, UNSET) for name, sent in names}
        for name, _ in names:
            if name not in held:
                # It is null from here on: nobody has to ask the database.
                set_committed_value(row, name, None)
    return plan.statement, values


def insertions(rows: Iterable[Base]) -> list[Asked]:
    """The statements that store new rows of several models in this order, neighbours of one model together."""
    groups = (list(group) for _, group in groupby(rows, type))
    return [insertion(*few) for group in groups for few in _batched(group)]


def _batched(rows: Sequence[Base]) -> Iterator[Sequence[Base]]:
    """At most four at a time: each number of rows is a statement of its own, compiled and prepared."""
    for start in range(0, len(rows), _MOST_TOGETHER):
        yield rows[start : start + _MOST_TOGETHER]


def keep_stored(session: AnySession, row: Base) -> None:
    """Let a row that `insertion` has stored belong to the session, as if the session had stored it."""
    make_transient_to_detached(row)
    session.add(row)


@dataclass(frozen=True, slots=True)
class _Plan:
    statement: Inside
    names: tuple[tuple[tuple[str, str], ...], ...]
    """For each row its attributes, each with the name that its value is sent by."""
    defaults: tuple[tuple[str, Callable[[], Any]], ...]


@lru_cache(maxsize=256)
def _plan(model: type[Base], count: int) -> _Plan:
    mapper: Any = inspect_mapped(model)
    columns = {
        prop.key: prop.columns[0] for prop in mapper.column_attrs if getattr(prop.columns[0], "computed", None) is None
    }
    defaults: list[tuple[str, Callable[[], Any]]] = []
    for name, column in columns.items():
        if column.default is not None:
            defaults.append((name, _default(column.default)))
        elif column.server_default is not None:
            raise TypeError(f"{model.__name__}.{name} has a value that only the server knows.")
    values = [
        {column: bindparam(f"{name}_{place}", type_=column.type) for name, column in columns.items()}
        for place in range(count)
    ]
    statement = compile_inside(insert(mapper.local_table).values(values))
    names = tuple(tuple((name, f"{name}_{place}") for name in columns) for place in range(count))
    return _Plan(statement, names, tuple(defaults))


def _default(default: Any) -> Callable[[], Any]:
    value = default.arg
    return (lambda: value(None)) if default.is_callable else (lambda: value)
