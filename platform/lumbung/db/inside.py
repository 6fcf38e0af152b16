"""Statements inside the session's own transaction, compiled once and sent together in one pipeline.

For the few that every request or every new record needs: they cost a fifth of what the session's own cost. They run
after everything that the session has sent, on the same connection, in the same transaction and for the same
municipality; whoever listens to the engine's statements hears them too. Messages travel together, statements stay
apart (citus.md rule 11).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import JSON, BigInteger, Boolean, Connection, Date, DateTime, Float, Integer, Numeric, String, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import scoped_session
from sqlalchemy.sql.base import Executable
from sqlalchemy.types import TypeEngine

from lumbung.db.conversing import Said, as_engines, converse, is_whole, say_later
from lumbung.db.prepared import Row, dialect_for, rows_of
from lumbung.db.tenancy import AnySession, connection_of

__all__ = ["UNSET", "Asked", "Inside", "Row", "compile_inside", "run_inside", "run_later"]

_Writer = Callable[[Any], bytes | None]
UNSET: Any = object()
"""The value of a column that was never given one."""


class Inside:
    """A statement that is compiled when it is first used: by then all models are there."""

    def __init__(self, statement: Executable) -> None:
        self._statement: Any = statement

    @cached_property
    def heard(self) -> str:
        """What listeners are told: the text as the session would send it."""
        return str(self._statement.compile(dialect=dialect_for("pyformat")))

    @cached_property
    def sent(self) -> _Sent:
        """What is sent."""
        compiled = self._statement.compile(dialect=dialect_for("numeric_dollar"))
        takes = tuple((name, _writer(compiled.binds[name].type)) for name in compiled.positiontup or ())
        called = {name: bind.callable for name, bind in compiled.binds.items() if bind.callable is not None}
        fixed = {name: value for name, value in compiled.params.items() if value is not None and name not in called}
        return _Sent(str(compiled).encode(), takes, fixed, called)


@dataclass(frozen=True, slots=True)
class _Sent:
    """A statement's text, for each value in order its name and how it is written, those that are fixed, and those that
    are asked for each time."""

    sql: bytes
    takes: tuple[tuple[str, _Writer], ...]
    fixed: Mapping[str, Any]
    called: Mapping[str, Callable[[], Any]]

    def values(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """All values by name."""
        return {**self.fixed, **{name: call() for name, call in self.called.items()}, **given}


Asked = tuple[Inside, Mapping[str, Any]]
"""A statement and its values by name."""


def compile_inside(statement: Executable) -> Inside:
    """The statement ready for `run_inside`; bind parameters without a value are given each time, by name, and those
    with a `callable_` are asked each time."""
    return Inside(statement)


def run_inside(session: AnySession, *asked: Asked) -> list[list[Row]]:
    """Run the statements in this order in the session's transaction; the rows of each.

    What the session has pending is sent before. Raises what the session itself would: IntegrityError, OperationalError
    and the like; the transaction is then of no more use.
    """
    connection = _opened(session)
    results = converse(connection, _said(connection, asked))
    return [rows_of(result) for result in results]


def run_later(session: AnySession, *asked: Asked) -> None:
    """Run the statements in this order with whatever the session's transaction sends next, its `COMMIT` too.

    For what nobody needs an answer to: nothing waits for it, and every later statement finds it done. What is sent next
    raises what `run_inside` would; a transaction that is rolled back before never sends them.
    """
    connection = _opened(session)
    say_later(connection, _said(connection, asked))


def _opened(session: AnySession) -> Connection:
    session = session() if isinstance(session, scoped_session) else session
    session.flush()
    connection = connection_of(session)
    if not is_whole(connection):
        raise RuntimeError("Statements are sent inside only while a transaction is open and whole.")
    return connection


def _said(connection: Connection, asked: Sequence[Asked]) -> list[Said]:
    try:
        return [_said_of(statement, statement.sent.values(given)) for statement, given in asked]
    except psycopg.DataError as error:
        raise as_engines(connection, asked[0][0].heard, error) from error


def _said_of(statement: Inside, values: Mapping[str, Any]) -> Said:
    written = [write(values[name]) for name, write in statement.sent.takes]
    return Said((statement.sent.sql, written), statement.heard, values)


def _writer(kind: TypeEngine[Any]) -> _Writer:
    """How values of a type travel. Raises TypeError for types that nobody has needed yet."""
    if isinstance(kind, JSONB):
        # An explicit None is JSON's null, as the session stores it; what was never set is none at all.
        return _written_json_or_null if kind.should_evaluate_none else _written_json
    if isinstance(kind, (Uuid, String, BigInteger, Integer, Float, Numeric, JSON.JSONIndexType)):
        return _written
    if isinstance(kind, Boolean):
        return _written_boolean
    if isinstance(kind, (DateTime, Date)):
        return _written_moment
    raise TypeError(f"Values of type {kind!r} are not sent inside.")


def _written(value: Any) -> bytes | None:
    if value is None or value is UNSET:
        return None
    if isinstance(value, (str, UUID, int, float, Decimal)):
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
