"""Rows written many at a time, through the application's own role with the municipality set."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Dialect, Table, text
from sqlalchemy.dialects.postgresql import dialect

from lumbung.db.tenancy import AnySession

_AT_ONCE = 500
"""Few enough that no statement is a slow one."""
_POSTGRESQL: Dialect = dialect()  # type: ignore[no-untyped-call]


def insert_rows(session: AnySession, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, hundreds by one statement: as one JSON text, which the server takes apart.

    All rows have the keys of the first one; a column that is missing in them keeps its default. COPY would be faster
    and is refused where row-level security holds; arrays of parameters take the driver three times as long to write.
    """
    if not rows:
        return
    columns = [table.c[name] for name in rows[0]]
    names = ", ".join(f'"{column.name}"' for column in columns)
    shape = ", ".join(f'"{column.name}" {_type_of(column)}' for column in columns)
    statement = text(
        f"INSERT INTO {table.name} ({names}) "  # noqa: S608 - names of ours.
        f"SELECT {names} FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS written ({shape})"
    )
    for begin in range(0, len(rows), _AT_ONCE):
        # Instants and ids are written as PostgreSQL reads them.
        some = json.dumps(rows[begin : begin + _AT_ONCE], default=str, ensure_ascii=False)
        session.execute(statement, {"rows": some})


def _type_of(column: Column[Any]) -> str:
    return str(column.type.compile(dialect=_POSTGRESQL))
