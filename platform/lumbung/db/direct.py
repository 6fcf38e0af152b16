"""One row in one round trip: for the few answers that are asked for most.

A statement is compiled once, prepared once per connection, and sent together with `BEGIN`, `set_tenant` and `COMMIT`
in one pipeline: four messages of their own (citus.md rule 11), one wait. That costs a tenth of what a session costs.
The wall is the same: the one function, for this transaction alone, on the application's own role.
"""

from __future__ import annotations

import select
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID

from psycopg import OperationalError
from psycopg.pq import ConnStatus, ExecStatus
from psycopg.pq.abc import PGconn, PGresult
from sqlalchemy import Select
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.pool import PoolProxiedConnection

from lumbung.db.engine import db
from lumbung.errors import BadRequest, Unavailable

_BEGIN, _COMMIT = b"BEGIN READ ONLY", b"COMMIT"
_SET_TENANT = b"SELECT set_tenant(CAST($1 AS uuid))"
_Known = dict[bytes, bytes]
"""Names of the statements that a connection has prepared, by their text."""
_numbers = count()
_PATIENCE_MS = 30_000
_MOST_PREPARED = 200
_PREPARED = "lumbung_prepared"
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


def compile_read(statement: Select[Any]) -> DirectRead:
    """The statement ready for `read_row`; bind parameters without a value are given to each reading by name."""
    dialect = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
    compiled = statement.compile(dialect=dialect)
    sql = str(compiled).encode()
    takes = tuple(compiled.positiontup or ())
    fixed = {name: _written(value) for name, value in compiled.params.items() if value is not None}
    return DirectRead(sql, takes, fixed)


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
    return _row(_answer(str(tenant_id).encode(), read, given))


def run_alone(statement: DirectRead, values: Mapping[str, Any]) -> Sequence[bytes | None] | None:
    """The first row of a statement in a transaction of its own, without a municipality, as `read_row` gives it.

    The statement may be sent twice when the connection was lost in between.
    """
    given = [_written(values[name]) for name in statement.takes]
    return _row(_answer(None, statement, given))


def _answer(tenant: bytes | None, read: DirectRead, given: Sequence[bytes | None]) -> PGresult:
    for attempt in range(_ATTEMPTS):
        try:
            pooled = db.engine.raw_connection()
        except (OperationalError, DBAPIError, PoolExhausted) as error:
            raise Unavailable from error
        try:
            return _travel_prepared(pooled, tenant, read, given)
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


def _travel_prepared(
    pooled: PoolProxiedConnection, tenant: bytes | None, read: DirectRead, given: Sequence[bytes | None]
) -> PGresult:
    try:
        return _travel(pooled, tenant, read, given)
    except _Refused as refusal:
        if refusal.state != _FORGOTTEN:
            raise
        pooled.info.pop(_PREPARED, None)
        pooled.rollback()
        return _travel(pooled, tenant, read, given)


def _travel(
    pooled: PoolProxiedConnection, tenant: bytes | None, read: DirectRead, given: Sequence[bytes | None]
) -> PGresult:
    server: PGconn = pooled.driver_connection.pgconn  # type: ignore[union-attr]
    known: _Known = pooled.info.setdefault(_PREPARED, {})
    if len(known) > _MOST_PREPARED:
        # The server keeps each until it is told, or until the connection ends.
        server.exec_(b"; ".join(b"DEALLOCATE " + name for name in known.values()))
        known.clear()
    server.enter_pipeline_mode()
    sent = _send(server, known, tenant, read, given)
    server.pipeline_sync()
    results = collect_results(server, _PATIENCE_MS)
    server.exit_pipeline_mode()
    if server.status != ConnStatus.OK:
        raise OperationalError("The connection was lost.")
    for result in results:
        if result.status not in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK):
            raise _Refused(result.error_field(67) or b"", result.get_error_message())
    return results[sent]


def _send(server: PGconn, known: _Known, tenant: bytes | None, read: DirectRead, given: Sequence[bytes | None]) -> int:
    """Queue the messages, with what must be prepared first; the place of the answer among the results."""
    wanted = (_BEGIN, _SET_TENANT, read.sql, _COMMIT) if tenant is not None else (read.sql,)
    before = 0
    for sql in wanted:
        if sql not in known:
            # A name is never used twice: what was forgotten here may still be there.
            known[sql] = b"lumbung_%d" % next(_numbers)
            server.send_prepare(known[sql], sql)
            before += 1
    if tenant is not None:
        server.send_query_prepared(known[_BEGIN], None)
        server.send_query_prepared(known[_SET_TENANT], [tenant])
        before += 2
    server.send_query_prepared(known[read.sql], given)
    if tenant is not None:
        server.send_query_prepared(known[_COMMIT], None)
    return before


def collect_results(server: PGconn, patience_ms: int | None = None) -> list[PGresult]:
    """All results of a pipeline that was sent with one sync, in order.

    Raises OperationalError when the connection is lost, or silent for longer than `patience_ms`.
    """
    ready = select.poll()
    ready.register(server.socket, select.POLLIN | select.POLLOUT)
    while server.flush():
        _wait(ready, patience_ms)
        server.consume_input()
    ready.modify(server.socket, select.POLLIN)
    results: list[PGresult] = []
    while True:
        while server.is_busy():
            _wait(ready, patience_ms)
            server.consume_input()
        result = server.get_result()
        if result is None:
            if server.status != ConnStatus.OK:
                raise OperationalError("The connection was lost.")
            continue
        if result.status == ExecStatus.PIPELINE_SYNC:
            return results
        results.append(result)


def _wait(ready: select.poll, patience_ms: int | None) -> None:
    if not ready.poll(patience_ms):
        raise OperationalError("The database did not answer in time.")


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
