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
from hashlib import sha256
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
from lumbung.errors import Unavailable

_SET_TENANT = b"SELECT set_tenant(CAST($1 AS uuid))"
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
    name: bytes
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
    fixed = {name: value for name, value in compiled.params.items() if value is not None}
    return DirectRead(sql, b"lumbung_" + sha256(sql).hexdigest()[:24].encode(), takes, fixed)


def statement_alone(sql: str, *takes: str) -> DirectRead:
    """A statement for `run_alone`, with `$1`, `$2`, … for the values named in `takes`."""
    text = sql.encode()
    return DirectRead(text, b"lumbung_" + sha256(text).hexdigest()[:24].encode(), takes, {})


def read_row(tenant_id: UUID, read: DirectRead, values: Mapping[str, Any]) -> Sequence[bytes | None] | None:
    """The first row of a statement inside one municipality, each column as PostgreSQL writes it; None without a row.

    Values may be texts, ids, numbers, moments and None. A connection that was lost is replaced once. Raises
    Unavailable when the database does not answer.
    """
    given = [_written(values[name] if name in values else read.fixed[name]) for name in read.takes]
    return _row(_answer(str(tenant_id).encode(), read, given))


def run_alone(statement: DirectRead, values: Mapping[str, Any]) -> Sequence[bytes | None] | None:
    """The first row of a statement in a transaction of its own that belongs to no municipality, as `read_row` gives it.

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
            pooled.invalidate(error)
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
        pooled.info.pop(_PREPARED)
        pooled.rollback()
        return _travel(pooled, tenant, read, given)


def _travel(
    pooled: PoolProxiedConnection, tenant: bytes | None, read: DirectRead, given: Sequence[bytes | None]
) -> PGresult:
    server: PGconn = pooled.driver_connection.pgconn  # type: ignore[union-attr]
    known: set[bytes] = pooled.info.setdefault(_PREPARED, set())
    server.enter_pipeline_mode()
    sent = _send(server, known, tenant, read, given)
    server.pipeline_sync()
    results = _collect(server)
    server.exit_pipeline_mode()
    if server.status != ConnStatus.OK:
        raise OperationalError("The connection was lost.")
    for result in results:
        if result.status not in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK):
            raise _Refused(result.error_field(67) or b"", result.get_error_message())
    return results[sent]


def _send(
    server: PGconn, known: set[bytes], tenant: bytes | None, read: DirectRead, given: Sequence[bytes | None]
) -> int:
    """Queue the messages, with what must be prepared first; the place of the answer among the results."""
    before = 0
    if not known:
        server.send_prepare(b"lumbung_begin", b"BEGIN READ ONLY")
        server.send_prepare(b"lumbung_set_tenant", _SET_TENANT)
        server.send_prepare(b"lumbung_commit", b"COMMIT")
        known.add(b"")
        before += 3
    if tenant is not None:
        server.send_query_prepared(b"lumbung_begin", None)
        server.send_query_prepared(b"lumbung_set_tenant", [tenant])
        before += 2
    if read.name in known:
        server.send_query_prepared(read.name, given)
    elif len(known) >= _MOST_PREPARED:
        server.send_query_params(read.sql, given)
    else:
        server.send_prepare(read.name, read.sql)
        server.send_query_prepared(read.name, given)
        known.add(read.name)
        before += 1
    if tenant is not None:
        server.send_query_prepared(b"lumbung_commit", None)
    return before


def _collect(server: PGconn) -> list[PGresult]:
    ready = select.poll()
    ready.register(server.socket, select.POLLIN | select.POLLOUT)
    while server.flush():
        _wait(ready)
        server.consume_input()
    ready.modify(server.socket, select.POLLIN)
    results: list[PGresult] = []
    while True:
        while server.is_busy():
            _wait(ready)
            server.consume_input()
        result = server.get_result()
        if result is None:
            if server.status != ConnStatus.OK:
                raise OperationalError("The connection was lost.")
            continue
        if result.status == ExecStatus.PIPELINE_SYNC:
            return results
        results.append(result)


def _wait(ready: select.poll) -> None:
    if not ready.poll(_PATIENCE_MS):
        raise OperationalError("The database did not answer in time.")


def _row(result: PGresult) -> list[bytes | None] | None:
    if not result.ntuples:
        return None
    return [result.get_value(0, column) for column in range(result.nfields)]


def _written(value: Any) -> bytes | None:
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.isoformat().encode()
    return str(value).encode()
