"""Any number of records from a few real ones, in seconds: the database copies them with history and clocks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg
from sqlalchemy import Table

from app_runtime.records.models import Record, RecordClock, RecordHistory, RecordHistoryPrivate

_COPIED = "md5({0}.id::text || '/' || n)::uuid"
_EARLIER = "{0} - (n %% 1440) * interval '1 minute'"
_MOMENTS = ("created_at", "updated_at", "started_at", "due_at", "warn_at", "next_at")


def copy_records(connection: psycopg.Connection[Any], *, times: int, changed: Mapping[str, str] | None = None) -> None:
    """Copy every record so many times, with its history and clocks, made at any minute of the day before.

    `connection` is the migrator's (past the wall between municipalities) and commits by itself. `changed` gives columns
    of the copies as SQL; `n` is the number of the copy, from 1 on.
    """
    _copy(
        connection,
        _table(Record),
        times,
        {"number": "'C/' || {0}.number || '/' || n", "tracking_digest": "NULL", **(changed or {})},
    )
    of_copy = {"record_id": "md5({0}.record_id::text || '/' || n)::uuid"}
    for table in (_table(RecordHistory), _table(RecordClock)):
        _copy(connection, table, times, of_copy)
    _copy(
        connection,
        _table(RecordHistoryPrivate),
        times,
        {"history_id": "md5({0}.history_id::text || '/' || n)::uuid"},
    )
    for model in (Record, RecordHistory, RecordClock, RecordHistoryPrivate):
        for statement in ("SET ROLE lumbung_owner", f"VACUUM ANALYZE {_table(model).name}", "RESET ROLE"):
            connection.execute(statement.encode())


def _copy(connection: psycopg.Connection[Any], table: Table, times: int, special: Mapping[str, str]) -> None:
    names = [column.name for column in table.columns if column.computed is None]
    values = {name: _EARLIER.format(name) for name in _MOMENTS} | {"id": _COPIED} | dict(special)
    chosen = ", ".join(values[name].format(table.name) if name in values else name for name in names)
    statement = (
        f"INSERT INTO {table.name} ({', '.join(names)}) SELECT {chosen} FROM {table.name}, generate_series(1, %s) n"
    )
    connection.execute(statement.encode(), [times])


def _table(model: type[Any]) -> Table:
    table: Table = model.__table__
    return table
