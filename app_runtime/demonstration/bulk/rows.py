"""Rows written many at a time, through the application's own role with the municipality set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import Column, Dialect, Table, text
from sqlalchemy.dialects.postgresql import JSONB, dialect

from lumbung.db.tenancy import AnySession

_AT_ONCE = 1_000
"""Few enough that no statement is a slow one."""
_POSTGRESQL: Dialect = dialect()  # type: ignore[no-untyped-call]


def insert_rows(session: AnySession, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, a thousand by one statement: one array for each column, which the server takes apart.

    All rows have the keys of the first one; a column that is missing in them keeps its default. COPY would be faster
    and is refused where row-level security holds.
    """
    if not rows:
        return
    columns = [table.c[name] for name in rows[0]]
    names = ", ".join(f'"{column.name}"' for column in columns)
    arrays = ", ".join(f"CAST(:{column.name} AS {_type_of(column)}[])" for column in columns)
    statement = text(f"INSERT INTO {table.name} ({names}) SELECT * FROM unnest({arrays})")  # noqa: S608 - names of ours.
    for begin in range(0, len(rows), _AT_ONCE):
        some = rows[begin : begin + _AT_ONCE]
        session.execute(statement, {column.name: _array(column, some) for column in columns})


def _array(column: Column[Any], rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    values = [row[column.name] for row in rows]
    if isinstance(column.type, JSONB):
        return [None if value is None else Jsonb(value) for value in values]
    return values


def _type_of(column: Column[Any]) -> str:
    return str(column.type.compile(dialect=_POSTGRESQL))
