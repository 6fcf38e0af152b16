"""Pipelines on a connection of the engine: heard by whoever listens to statements, failing as the engine's own do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from weakref import WeakSet

import psycopg
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn, PGresult
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError

from lumbung.db.prepared import Message, doubt_prepared, send_together

_WHOLE = (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK)
_LAST = "lumbung_last"
_heeding: WeakSet[Engine] = WeakSet()


class Said(NamedTuple):
    """A statement as it travels, its text and values as listeners are told."""

    message: Message
    heard: str
    values: Mapping[str, Any]


def converse(
    connection: Connection, said: Sequence[Said], *, before: Sequence[Message] = (), after: Sequence[Message] = ()
) -> list[PGresult]:
    """Send everything in one pipeline; the result of each that was said.

    Raises what the engine itself would: IntegrityError, OperationalError and the like; the transaction is then of no
    more use.
    """
    for listener in connection.dispatch.before_cursor_execute:
        for one in said:
            listener(connection, None, one.heard, one.values, None, False)
    results = _answers(connection, [*before, *(one.message for one in said), *after], said[0].heard)
    for listener in connection.dispatch.after_cursor_execute:
        for one in said:
            listener(connection, None, one.heard, one.values, None, False)
    return results[len(before) : len(before) + len(said)]


def say_last(connection: Connection, said: Sequence[Said]) -> None:
    """Send these with the `COMMIT` of the transaction that is open, in one pipeline, and never if it is rolled back.

    When one of them fails, the commit does. On an engine without `install_last_words` they are sent at once.
    """
    if connection.engine not in _heeding:
        converse(connection, said)
        return
    connection.info.setdefault(_LAST, []).extend(said)


def install_last_words(engine: Engine) -> None:
    """Let commits on this engine send what `say_last` was given."""
    _heeding.add(engine)

    @event.listens_for(engine, "commit")
    def _committing(connection: Connection) -> None:
        said = connection.info.pop(_LAST, None)
        if said:
            # The driver finds the transaction ended, and has nothing left to do.
            converse(connection, said, after=[(b"COMMIT", None)])

    @event.listens_for(engine, "rollback")
    def _rolled_back(connection: Connection) -> None:
        if not connection.invalidated:
            connection.info.pop(_LAST, None)

    @event.listens_for(engine, "checkin")
    def _returned(driver: Any, entry: Any) -> None:
        entry.info.pop(_LAST, None)


def _answers(connection: Connection, messages: Sequence[Message], heard: str) -> list[PGresult]:
    pooled = connection.connection
    server: PGconn = pooled.driver_connection.pgconn  # type: ignore[union-attr]
    try:
        results = send_together(server, connection.info, messages)
    except psycopg.OperationalError as error:
        # The others in the pool were most likely lost with it: each is made anew when it is next taken out.
        connection.engine.pool._invalidate(pooled, error)
        connection.invalidate(error)
        raise as_engines(connection, heard, error, lost=True) from error
    except BaseException as error:
        # Halfway through a pipeline a connection is of no use to anybody else.
        connection.invalidate(error)
        raise
    for result in results:
        if result.status not in _WHOLE:
            # What was to be prepared in this pipeline may not have been.
            doubt_prepared(connection.info)
            failed = error_from_result(result)
            raise as_engines(connection, heard, failed) from failed
    return results


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
