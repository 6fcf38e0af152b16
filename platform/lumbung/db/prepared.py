"""Statements that are prepared once per connection and sent together: many messages, one wait.

What `lumbung.db.direct` (a transaction of its own) and `lumbung.db.inside` (the session's) have in common. Messages
travel together, statements stay apart (citus.md rule 11).
"""

from __future__ import annotations

import select
from collections.abc import Sequence
from itertools import count
from typing import Any

from psycopg import OperationalError
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.pool import ConnectionPoolEntry, PoolResetState

Row = tuple[bytes | None, ...]
"""A row as PostgreSQL writes its columns."""
Message = tuple[bytes, Sequence[bytes | None] | None]
"""The text of a statement with `$1`, `$2`, …, and its values as they travel."""


class ByValues(bytes):
    """The text of a statement that is planned for its values each time, and never prepared."""

    __slots__ = ()


class PlannedOnce(bytes):
    """The text of a statement in which all that its plan depends on is written: it is planned once for a connection.

    With places for municipality and app instead, PostgreSQL would either plan it for its values each time, which costs
    more than the answer; or once for all municipalities, which it cannot do: where there are hundreds, it takes every
    way to the records of an unknown one for one row, and what it then takes reads all records of a large one.
    """

    __slots__ = ()


SET_TENANT_SQL = b"SELECT set_tenant(CAST($1 AS uuid))"
SET_TENANT_PLANNED_ONCE_SQL = (
    b"SELECT set_tenant(CAST($1 AS uuid)), set_config('plan_cache_mode', 'force_generic_plan', true)"
)
_PREPARED, _UNSURE = "lumbung_prepared", "lumbung_unsure"
_STILL_THERE = b"SELECT name FROM pg_prepared_statements"
_MOST_PREPARED, _MOST_PLANNED = 200, 64
_numbers = count()


def send_together(
    server: PGconn, info: dict[Any, Any], messages: Sequence[Message], patience_ms: int | None = None
) -> list[PGresult]:
    """Send all messages in one pipeline and give the result of each, those of failed ones among them.

    `info` is what the pool keeps with the connection. A message after a failed one is not done. Raises
    OperationalError when the connection is lost, or silent for longer than `patience_ms`; it is then of no more use.
    """
    known = _known(server, info)
    wanted: list[int] = []
    place = 0
    server.enter_pipeline_mode()
    for sql, given in messages:
        if isinstance(sql, ByValues):
            server.send_query_params(sql, given)
            wanted.append(place)
            place += 1
            continue
        name = known.get(sql)
        if name is None:
            # A name is never used twice: what was forgotten here may still be there.
            name = known[sql] = b"lumbung_%d" % next(_numbers)
            server.send_prepare(name, sql)
            place += 1
        server.send_query_prepared(name, given)
        wanted.append(place)
        place += 1
    server.pipeline_sync()
    results = _collect(server, patience_ms)
    server.exit_pipeline_mode()
    if server.status != ConnStatus.OK:
        raise OperationalError("The connection was lost.")
    # What comes behind an error says only that it was not tried; the error may be that of preparing it.
    failed = next((result for result in results if result.status == ExecStatus.FATAL_ERROR), None)
    return [
        failed if failed and results[place].status == ExecStatus.PIPELINE_ABORTED else results[place]
        for place in wanted
    ]


def doubt_prepared(info: dict[Any, Any]) -> None:
    """Let it be looked up before the next pipeline what is still prepared on this connection."""
    info[_UNSURE] = True


def install_doubt(engine: Engine) -> None:
    """Doubt after every rollback: the driver may have told the server to forget all."""

    @event.listens_for(engine, "rollback")
    def _rolled_back(connection: Connection) -> None:
        _doubt(connection)

    @event.listens_for(engine, "rollback_savepoint")
    def _rolled_back_in_part(connection: Connection, name: str, context: None) -> None:
        _doubt(connection)

    @event.listens_for(engine, "reset")
    def _reset(driver: Any, entry: ConnectionPoolEntry, state: PoolResetState) -> None:
        entry.info[_UNSURE] = entry.info.get(_UNSURE) or driver.pgconn.transaction_status != TransactionStatus.IDLE


def rows_of(result: PGresult) -> list[Row]:
    """The rows of a result."""
    columns = range(result.nfields)
    return [tuple([result.get_value(row, column) for column in columns]) for row in range(result.ntuples)]


def dialect_for(paramstyle: Any) -> PGDialect_psycopg:
    """How statements are written with this style of parameters."""
    return PGDialect_psycopg(paramstyle=paramstyle)  # type: ignore[no-untyped-call]


def _doubt(connection: Connection) -> None:
    if not connection.invalidated:
        doubt_prepared(connection.info)


def _known(server: PGconn, info: dict[Any, Any]) -> dict[bytes, bytes]:
    """Names of the statements that are prepared on this connection, by their text."""
    known: dict[bytes, bytes] = info.setdefault(_PREPARED, {})
    if known and info.get(_UNSURE):
        answer = server.exec_(_STILL_THERE)
        there = {answer.get_value(row, 0) for row in range(answer.ntuples)}
        for sql in [sql for sql, name in known.items() if name not in there]:
            del known[sql]
    info[_UNSURE] = False
    planned = [sql for sql in known if isinstance(sql, PlannedOnce)] if len(known) > _MOST_PLANNED else []
    if len(planned) > _MOST_PLANNED:
        _forget(server, known, planned)
    if len(known) > _MOST_PREPARED:
        _forget(server, known, list(known))
    return known


def _forget(server: PGconn, known: dict[bytes, bytes], texts: Sequence[bytes]) -> None:
    # The server keeps each until it is told, or until the connection ends.
    server.exec_(b"; ".join(b"DEALLOCATE " + known.pop(sql) for sql in texts))


def _collect(server: PGconn, patience_ms: int | None) -> list[PGresult]:
    """All results of a pipeline that was sent with one sync, in order."""
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
