"""New rows, each stored by a statement that is compiled once for its model; sent with others by `run_inside`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, insert
from sqlalchemy import inspect as inspect_mapped
from sqlalchemy.orm.session import make_transient_to_detached

from lumbung.db.base import Base
from lumbung.db.inside import UNSET, Asked, Inside, compile_inside
from lumbung.db.tenancy import AnySession


def insertion(row: Base) -> Asked:
    """The statement that stores a new row, with the values that the row has by now and its model's defaults."""
    plan = _plan(type(row))
    held = row.__dict__
    for name, default in plan.defaults:
        if name not in held:
            setattr(row, name, default())
    return plan.statement, {name: held.get(name, UNSET) for name in plan.names}


def keep_stored(session: AnySession, row: Base) -> None:
    """Let a row that `insertion` has stored belong to the session, as if the session had stored it."""
    make_transient_to_detached(row)
    session.add(row)


@dataclass(frozen=True, slots=True)
class _Plan:
    statement: Inside
    names: tuple[str, ...]
    defaults: tuple[tuple[str, Callable[[], Any]], ...]


@lru_cache(maxsize=256)
def _plan(model: type[Base]) -> _Plan:
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
    values = {column: bindparam(name, type_=column.type) for name, column in columns.items()}
    statement = compile_inside(insert(mapper.local_table).values(values))
    return _Plan(statement, tuple(columns), tuple(defaults))


def _default(default: Any) -> Callable[[], Any]:
    value = default.arg
    return (lambda: value(None)) if default.is_callable else (lambda: value)
