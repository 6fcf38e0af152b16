"""Statements inside the session's own transaction, compiled once and sent together in one pipeline.

For the few that every request or every new record needs: they cost a fifth of what the session's own cost. They run
after everything that the session has sent, on the same connection, in the same transaction and for the same
municipality; whoever listens to the engine's statements hears them too. Messages travel together, statements stay
apart (citus.md rule 11).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import count
from typing import Any
from uuid import UUID

import psycopg
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from sqlalchemy import (
    BigInteger,
    Boolean,
    Connection,
    Date,
    DateTime,
    Engine,
    Float,
    Integer,
    String,
    Uuid,
    event,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import scoped_session
from sqlalchemy.pool import ConnectionPoolEntry, PoolResetState
from sqlalchemy.sql.base import Executable
from sqlalchemy.types import TypeEngine

from lumbung.db.direct import collect_results
from lumbung.db.tenancy import AnySession

Row = tuple[bytes | None, ...]
"""A row as PostgreSQL writes its columns."""
_Writer = Callable[[Any], bytes | None]
_PREPARED, _UNSURE = "lumbung_inside", "lumbung_inside_unsure"
_STILL_THERE = b"SELECT name FROM pg_prepared_statements"
_numbers = count()
UNSET: Any = object()
"""The value of a column that was never given one."""


class Inside:
    """A statement that is compiled when it is first used: by then all models are there."""

    def __init__(self, statement: Executable) -> None:
        self._statement: Any = statement

    @cached_property
    def heard(self) -> str:
        """What listeners are told: the text as the session would send it."""
        return str(self._statement.compile(dialect=_dialect("pyformat")))

    @cached_property
    def sent(self) -> _Sent:
        """What is sent."""
        compiled = self._statement.compile(dialect=_dialect("numeric_dollar"))
        takes = tuple((name, _writer(compiled.binds[name].type)) for name in compiled.positiontup or ())
        fixed = {name: value for name, value in compiled.params.items() if value is not None}
        return _Sent(str(compiled).encode(), takes, fixed)


@dataclass(frozen=True, slots=True)
class _Sent:
    """A statement's text, for each value in order its name and how it is written, and those that are fixed."""

    sql: bytes
    takes: tuple[tuple[str, _Writer], ...]
    fixed: Mapping[str, Any]


Asked = tuple[Inside, Mapping[str, Any]]
"""A statement and its values by name."""


def compile_inside(statement: Executable) -> Inside:
    """The statement ready for `run_inside`; bind parameters without a value are given each time, by name."""
    return Inside(statement)


def run_inside(session: AnySession, *asked: Asked) -> list[list[Row]]:
    """Run the statements in this order in the session's transaction; the rows of each.

    What the session has pending is sent before. Raises what the session itself would: IntegrityError, OperationalError
    and the like; the transaction is then of no more use.
    """
    session = session() if isinstance(session, scoped_session) else session
    session.flush()
    connection = session.connection()
    pooled = connection.connection
    server: PGconn = pooled.driver_connection.pgconn  # type: ignore[union-attr]
    if server.transaction_status != TransactionStatus.INTRANS:
        raise RuntimeError("Statements are sent inside only while a transaction is open and whole.")
    _tell(connection, connection.dispatch.before_cursor_execute, asked)
    results, wanted = _answers(connection, server, asked)
    _tell(connection, connection.dispatch.after_cursor_execute, asked)
    return [_rows(results[place]) for place in wanted]


def install_doubt(engine: Engine) -> None:
    """Let it be looked up after a rollback what is prepared on the connection: the driver may have told the server to
    forget all."""

    @event.listens_for(engine, "rollback")
    def _rolled_back(connection: Connection) -> None:
        _doubt(connection)

    @event.listens_for(engine, "rollback_savepoint")
    def _rolled_back_in_part(connection: Connection, name: str, context: None) -> None:
        _doubt(connection)

    @event.listens_for(engine, "reset")
    def _reset(driver: Any, entry: ConnectionPoolEntry, state: PoolResetState) -> None:
        entry.info[_UNSURE] = entry.info.get(_UNSURE) or driver.pgconn.transaction_status != TransactionStatus.IDLE


def _doubt(connection: Connection) -> None:
    if not connection.invalidated:
        connection.info[_UNSURE] = True


def _tell(connection: Connection, listeners: Iterable[Callable[..., Any]], asked: Sequence[Asked]) -> None:
    for listener in listeners:
        for statement, values in asked:
            listener(connection, None, statement.heard, {**statement.sent.fixed, **values}, None, False)


def _answers(connection: Connection, server: PGconn, asked: Sequence[Asked]) -> tuple[list[PGresult], list[int]]:
    pooled = connection.connection
    try:
        results, wanted = _travel(server, _known(server, connection.info), asked)
    except psycopg.DataError as error:
        raise _raised(connection, asked[0][0], error) from error
    except psycopg.OperationalError as error:
        # The others in the pool were most likely lost with it: each is made anew when it is next taken out.
        connection.engine.pool._invalidate(pooled, error)
        connection.invalidate(error)
        raise _raised(connection, asked[0][0], error, lost=True) from error
    except BaseException as error:
        if server.transaction_status != TransactionStatus.INTRANS:
            # Halfway through a pipeline a connection is of no use to anybody else.
            connection.invalidate(error)
        raise
    for result in results:
        if result.status not in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK):
            # What was to be prepared in this pipeline may not have been.
            connection.info[_UNSURE] = True
            failed = error_from_result(result)
            raise _raised(connection, asked[0][0], failed) from failed
    return results, wanted


def _known(server: PGconn, info: dict[Any, Any]) -> dict[bytes, bytes]:
    """Names of the statements that are prepared on this connection, by their text."""
    known: dict[bytes, bytes] = info.setdefault(_PREPARED, {})
    if known and info.get(_UNSURE):
        answer = server.exec_(_STILL_THERE)
        there = {answer.get_value(row, 0) for row in range(answer.ntuples)}
        for sql in [sql for sql, name in known.items() if name not in there]:
            del known[sql]
    info[_UNSURE] = False
    return known


def _travel(server: PGconn, known: dict[bytes, bytes], asked: Sequence[Asked]) -> tuple[list[PGresult], list[int]]:
    written = [_written_values(statement.sent, values) for statement, values in asked]
    wanted: list[int] = []
    place = 0
    server.enter_pipeline_mode()
    for (statement, _values), given in zip(asked, written, strict=True):
        sql = statement.sent.sql
        name = known.get(sql)
        if name is None:
            # A name is never used twice: what was forgotten here may still be there.
            name = known[sql] = b"lumbung_inside_%d" % next(_numbers)
            server.send_prepare(name, sql)
            place += 1
        server.send_query_prepared(name, given)
        wanted.append(place)
        place += 1
    server.pipeline_sync()
    results = collect_results(server)
    server.exit_pipeline_mode()
    if server.status != ConnStatus.OK:
        raise psycopg.OperationalError("The connection was lost.")
    return results, wanted


def _written_values(sent: _Sent, values: Mapping[str, Any]) -> list[bytes | None]:
    return [write(values[name] if name in values else sent.fixed[name]) for name, write in sent.takes]


def _raised(connection: Connection, statement: Inside, error: psycopg.Error, *, lost: bool = False) -> BaseException:
    return DBAPIError.instance(
        statement.heard,
        None,
        error,
        psycopg.Error,
        hide_parameters=True,
        connection_invalidated=lost,
        dialect=connection.dialect,
    )


def _rows(result: PGresult) -> list[Row]:
    columns = range(result.nfields)
    return [tuple([result.get_value(row, column) for column in columns]) for row in range(result.ntuples)]


def _dialect(paramstyle: Any) -> PGDialect_psycopg:
    return PGDialect_psycopg(paramstyle=paramstyle)  # type: ignore[no-untyped-call]


def _writer(kind: TypeEngine[Any]) -> _Writer:
    """How values of a type travel. Raises TypeError for types that nobody has needed yet."""
    if isinstance(kind, JSONB):
        # An explicit None is JSON's null, as the session stores it; what was never set is none at all.
        return _written_json_or_null if kind.should_evaluate_none else _written_json
    if isinstance(kind, (Uuid, String, BigInteger, Integer, Float)):
        return _written
    if isinstance(kind, Boolean):
        return _written_boolean
    if isinstance(kind, (DateTime, Date)):
        return _written_moment
    raise TypeError(f"Values of type {kind!r} are not sent inside.")


def _written(value: Any) -> bytes | None:
    if value is None or value is UNSET:
        return None
    if isinstance(value, (str, UUID, int, float)):
        written = str(value).encode()
        if b"\0" in written:
            # The library would cut the text off there, unseen.
            raise psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
        return written
    raise TypeError(f"{type(value).__name__} is no value to send.")


def _written_boolean(value: Any) -> bytes | None:
    return None if value is None or value is UNSET else b"t" if value else b"f"


def _written_moment(value: date | datetime | None) -> bytes | None:
    return None if value is None or value is UNSET else value.isoformat().encode()


def _written_json(value: Any) -> bytes | None:
    return None if value is None or value is UNSET else json.dumps(value).encode()


def _written_json_or_null(value: Any) -> bytes | None:
    return None if value is UNSET else json.dumps(value).encode()
