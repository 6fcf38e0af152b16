"""Pipelines on a connection of the engine: heard by whoever listens to statements, failing as the engine's own do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple
from weakref import WeakSet

import psycopg
from psycopg.errors import InvalidSqlStatementName, error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from lumbung.db.prepared import Message, doubt_prepared, send_together

_WHOLE = (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK)
_LATER = "lumbung_later"
SET_TENANT_HEARD = "SELECT set_tenant(CAST(%(tenant)s AS uuid))"
_patient: WeakSet[Engine] = WeakSet()


class Said(NamedTuple):
    """A statement as it travels, its text and values as listeners are told; without a text nobody is told."""

    message: Message
    heard: str = ""
    values: Mapping[str, Any] = MappingProxyType({})


BEGIN = Said((b"BEGIN", None))
COMMIT = Said((b"COMMIT", None))


def converse(connection: Connection, said: Sequence[Said]) -> list[PGresult]:
    """Send everything in one pipeline, behind what `say_later` was given; the result of each.

    Raises what the engine itself would: IntegrityError, OperationalError and the like; the transaction is then of no
    more use.
    """
    waiting: list[Said] = connection.info.pop(_LATER, [])
    everything = [*waiting, *said]
    _tell(connection, connection.dispatch.before_cursor_execute, everything)
    try:
        results = _answers(connection, everything)
    except DBAPIError as error:
        if everything[0] is not BEGIN or not isinstance(error.orig, InvalidSqlStatementName):
            raise
        # Somebody rolled back on the driver's own connection, which then forgets what was prepared. Nothing was done.
        driver: Any = connection.connection.driver_connection
        driver.rollback()
        results = _answers(connection, everything)
    _tell(connection, connection.dispatch.after_cursor_execute, everything)
    return results[len(waiting) :]


def say_later(connection: Connection, said: Sequence[Said]) -> None:
    """Send these before whatever is sent next in the transaction, the `COMMIT` too: in order, and without a wait of
    their own. A transaction that is rolled back before never sends them.

    When one of them fails, what is sent next does. On an engine without `install_later` they are sent at once.
    """
    if connection.engine in _patient:
        connection.info.setdefault(_LATER, []).extend(said)
    else:
        converse(connection, said)


def is_whole(connection: Connection) -> bool:
    """Whether a transaction is open (or begins with what is sent next), and has not failed."""
    server: PGconn = connection.connection.driver_connection.pgconn  # type: ignore[union-attr]
    status = server.transaction_status
    begins = status == TransactionStatus.IDLE and connection.info.get(_LATER, [None])[0] is BEGIN
    return begins or status == TransactionStatus.INTRANS


def install_later(engine: Engine) -> None:
    """Let statements and commits on this engine send first what `say_later` was given."""
    _patient.add(engine)

    @event.listens_for(engine, "before_cursor_execute")
    def _executing(connection: Connection, cursor: Any, text: str, values: Any, context: Any, many: bool) -> None:
        # A pipeline tells its statements itself, without a cursor, and takes along what waits.
        if cursor is not None and _LATER in connection.info:
            converse(connection, [])

    @event.listens_for(engine, "commit")
    def _committing(connection: Connection) -> None:
        waiting: list[Said] = connection.info.get(_LATER, [])
        if waiting and all(one.heard in ("", SET_TENANT_HEARD) for one in waiting):
            # The transaction has only begun: the server need not hear of it.
            del connection.info[_LATER]
        elif waiting:
            # The driver finds the transaction ended, and has nothing left to do.
            converse(connection, [COMMIT])

    @event.listens_for(engine, "rollback")
    def _rolled_back(connection: Connection) -> None:
        if not connection.invalidated:
            connection.info.pop(_LATER, None)

    @event.listens_for(engine, "checkin")
    def _returned(driver: Any, entry: ConnectionPoolEntry) -> None:
        entry.info.pop(_LATER, None)


def _tell(connection: Connection, listeners: Iterable[Callable[..., Any]], said: Sequence[Said]) -> None:
    for listener in listeners:
        for one in said:
            if one.heard:
                listener(connection, None, one.heard, one.values, None, False)


def _answers(connection: Connection, said: Sequence[Said]) -> list[PGresult]:
    pooled = connection.connection
    server: PGconn = pooled.driver_connection.pgconn  # type: ignore[union-attr]
    try:
        results = send_together(server, connection.info, [one.message for one in said])
    except psycopg.OperationalError as error:
        raise _lost(connection, said[0], error) from error
    except BaseException as error:
        # Halfway through a pipeline a connection is of no use to anybody else.
        connection.invalidate(error)
        raise
    for one, result in zip(said, results, strict=True):
        if result.status not in _WHOLE:
            # What was to be prepared in this pipeline may not have been.
            doubt_prepared(connection.info)
            failed = error_from_result(result)
            if failed.sqlstate is None and server.status != ConnStatus.OK:
                # The server went away between two answers: its last one says nothing at all.
                gone = psycopg.OperationalError("the connection is lost")
                raise _lost(connection, one, gone) from failed
            raise as_engines(connection, one.heard, failed) from failed
    return results


def _lost(connection: Connection, said: Said, error: psycopg.OperationalError) -> BaseException:
    # The others in the pool were most likely lost with it: each is made anew when it is next taken out.
    connection.engine.pool._invalidate(connection.connection, error)
    connection.invalidate(error)
    return as_engines(connection, said.heard, error, lost=True)


def as_engines(connection: Connection, heard: str, error: psycopg.Error, *, lost: bool = False) -> BaseException:
    """The driver's error as the engine raises it, without any values."""
    return DBAPIError.instance(
        heard,
        None,
        error,
        psycopg.Error,
        hide_parameters=True,
        connection_invalidated=lost,
        dialect=connection.dialect,
    )
