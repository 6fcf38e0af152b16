"""One row in one round trip: for the few answers that are asked for most.

A statement is compiled once, prepared once per connection, and sent together with `BEGIN`, `set_tenant` and `COMMIT`
in one pipeline (`lumbung.db.prepared`): four messages of their own, one wait. That costs a tenth of what a session
costs. The wall is the same: the one function, for this transaction alone, on the application's own role.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import OperationalError
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn, PGresult
from sqlalchemy import Select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.pool import PoolProxiedConnection

from lumbung.db.engine import db
from lumbung.db.prepared import (
    SET_TENANT_PLANNED_ONCE_SQL,
    SET_TENANT_SQL,
    Message,
    PlannedOnce,
    dialect_for,
    doubt_prepared,
    send_together,
)
from lumbung.errors import BadRequest, Unavailable

_PLACE = re.compile(rb"\$(\d+)")
_BEGIN, _COMMIT = b"BEGIN READ ONLY", b"COMMIT"
_PATIENCE_MS = 30_000
# A savepoint that was rolled back makes the driver forget all prepared statements, ours too; a migration changes types.
_FORGOTTEN, _CHANGED = b"26000", b"0A000"
_ATTEMPTS = 2


@dataclass(frozen=True, slots=True)
class DirectRead:
    """A compiled statement: its text, the values that it takes in their order, and those that are fixed."""

    sql: bytes
    takes: tuple[str, ...]
    fixed: Mapping[str, Any]


class _Refused(Exception):
    """The server refused the statement; `state` is its SQLSTATE."""

    def __init__(self, state: bytes, message: str) -> None:
        super().__init__(message)
        self.state = state


def compile_read(statement: Select[Any], planned: type[bytes] = bytes) -> DirectRead:
    """The statement ready for `read_row`; bind parameters without a value are given to each reading by name.

    `planned` says how: `ByValues`, or as PostgreSQL judges (`bytes`); for `PlannedOnce` see `plan_once`.
    """
    compiled = statement.compile(dialect=dialect_for("numeric_dollar"))
    sql = str(compiled).encode()
    takes = tuple(compiled.positiontup or ())
    fixed = {name: _written(value) for name, value in compiled.params.items() if value is not None}
    return DirectRead(planned(sql), takes, fixed)


def plan_once(read: DirectRead, written: Mapping[str, UUID | int]) -> DirectRead:
    """The statement with these values written into its text, so that it is planned once for them.

    They are all that its plan depends on. What takes their place is nothing but ids and whole numbers.
    """
    left = [name for name in read.takes if name not in written]
    places = {name: b"$%d" % number for number, name in enumerate(left, 1)}
    texts = {name: _literal(value) for name, value in written.items()} | places

    def written_or_place(found: re.Match[bytes]) -> bytes:
        return texts[read.takes[int(found[1]) - 1]]

    return DirectRead(PlannedOnce(_PLACE.sub(written_or_place, read.sql)), tuple(left), read.fixed)


def _literal(value: UUID | int) -> bytes:
    return b"'%s'" % str(UUID(int=value.int)).encode() if isinstance(value, UUID) else b"%d" % value


def statement_alone(sql: str, *takes: str) -> DirectRead:
    """A statement for `run_alone`, with `$1`, `$2`, … for the values named in `takes`."""
    text = sql.encode()
    return DirectRead(text, takes, {})


def read_row(tenant_id: UUID, read: DirectRead, values: Mapping[str, Any]) -> Sequence[bytes | None] | None:
    """The first row of a statement inside one municipality, each column as PostgreSQL writes it; None without a row.

    Values may be texts, ids, numbers, moments, None, and bytes that `write_values` has made of them. A connection that
    was lost is replaced once. Raises Unavailable when the database does not answer, BadRequest for a text with a NUL.
    """
    given = [_written(values[name] if name in values else read.fixed[name]) for name in read.takes]
    begin = SET_TENANT_PLANNED_ONCE_SQL if isinstance(read.sql, PlannedOnce) else SET_TENANT_SQL
    messages: list[Message] = [(_BEGIN, None), (begin, [str(tenant_id).encode()])]
    messages += [(read.sql, given), (_COMMIT, None)]
    return _row(_answers(messages)[2])


def run_alone(statement: DirectRead, values: Mapping[str, Any]) -> Sequence[bytes | None] | None:
    """The first row of a statement in a transaction of its own, without a municipality, as `read_row` gives it.

    The statement may be sent twice when the connection was lost in between.
    """
    return run_alone_together(statement, [values])[0]


def run_alone_together(statement: DirectRead, each: Sequence[Mapping[str, Any]]) -> list[Sequence[bytes | None] | None]:
    """The same several times over, all in one transaction and one pipeline."""
    messages: list[Message] = [(statement.sql, [_written(values[name]) for name in statement.takes]) for values in each]
    return [_row(result) for result in _answers(messages)]


def _answers(messages: Sequence[Message]) -> list[PGresult]:
    for attempt in range(_ATTEMPTS):
        try:
            pooled = db.engine.raw_connection()
        except (OperationalError, DBAPIError, PoolExhausted) as error:
            raise Unavailable from error
        try:
            return _travel_prepared(pooled, messages)
        except OperationalError as error:
            # The others in the pool were most likely lost with it: each is made anew when it is next taken out.
            db.engine.pool._invalidate(pooled, error)
            if attempt:
                raise Unavailable from error
        except _Refused as refusal:
            pooled.invalidate(refusal)
            if attempt or refusal.state != _CHANGED:
                raise
        except BaseException as error:
            # Halfway through a pipeline a connection is of no use to anybody else.
            pooled.invalidate(error)
            raise
        finally:
            pooled.close()
    raise Unavailable


def _travel_prepared(pooled: PoolProxiedConnection, messages: Sequence[Message]) -> list[PGresult]:
    try:
        return _travel(pooled, messages)
    except _Refused as refusal:
        if refusal.state != _FORGOTTEN:
            raise
        pooled.rollback()
        doubt_prepared(pooled.info)
        return _travel(pooled, messages)


def _travel(pooled: PoolProxiedConnection, messages: Sequence[Message]) -> list[PGresult]:
    server: PGconn = pooled.driver_connection.pgconn  # type: ignore[union-attr]
    results = send_together(server, pooled.info, messages, _PATIENCE_MS)
    for result in results:
        if result.status not in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK):
            raise _Refused(result.error_field(67) or b"", result.get_error_message())
    return results


def _row(result: PGresult) -> list[bytes | None] | None:
    if not result.ntuples:
        return None
    return [result.get_value(0, column) for column in range(result.nfields)]


def write_values(values: Mapping[str, Any]) -> dict[str, bytes | None]:
    """Values as they travel, for those that are given again and again."""
    return {name: _written(value) for name, value in values.items()}


def _written(value: Any) -> bytes | None:
    if value is None or isinstance(value, bytes):
        return value
    if isinstance(value, datetime):
        return value.isoformat().encode()
    written = str(value).encode()
    if b"\0" in written:
        # The library would cut the text off there, unseen.
        raise BadRequest
    return written
