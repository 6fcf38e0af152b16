"""Where the whole loop happens: a database that every example finds alike, and a process that dies anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import event

from lumbung.db import db


class Killed(BaseException):
    """The process dies here."""


class Ground:
    """The database as every example finds it: remembered once, and put back before each."""

    def __init__(self, conninfo: str) -> None:
        self._admin = psycopg.connect(conninfo, autocommit=True)

    def remember(self) -> None:
        """Keep every row that there is."""
        self._admin.execute(_REMEMBER)

    def put_back(self) -> None:
        """Make the rows those that were remembered."""
        self._admin.execute(_PUT_BACK)

    def cut(self, pid: int) -> None:
        """End a connection of the application, as a crash of the database does."""
        self._admin.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

    def forget(self) -> None:
        """Leave nothing behind."""
        self._admin.execute("DROP SCHEMA IF EXISTS remembered CASCADE")
        self._admin.close()


_TABLES = (
    "SELECT schemaname AS s, tablename AS n FROM pg_tables "
    "WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
)
_REMEMBER = f"""
DO $$ DECLARE t record; filled boolean; BEGIN
  DROP SCHEMA IF EXISTS remembered CASCADE;
  CREATE SCHEMA remembered;
  FOR t IN {_TABLES} LOOP
    EXECUTE format('CREATE TABLE remembered.%I AS SELECT * FROM %I.%I', t.n, t.s, t.n);
  END LOOP;
END $$
"""
_PUT_BACK = f"""
DO $$ DECLARE t record; filled boolean; columns text; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR t IN {_TABLES} LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.%I)', t.s, t.n) INTO filled;
    IF filled THEN EXECUTE format('DELETE FROM %I.%I', t.s, t.n); END IF;
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM remembered.%I)', t.n) INTO filled;
    IF filled THEN
      SELECT string_agg(quote_ident(attname), ', ') INTO columns FROM pg_attribute
      WHERE attrelid = format('%I.%I', t.s, t.n)::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
      EXECUTE format('INSERT INTO %I.%I (%s) SELECT %s FROM remembered.%I', t.s, t.n, columns, columns, t.n);
    END IF;
  END LOOP;
END $$
"""


@contextmanager
def dying_before(number: int) -> Iterator[None]:
    """The process dies before the statement with this number: whatever is done after that, it is dead."""
    left = [number]

    def listen(*_: Any) -> None:
        left[0] -= 1
        if left[0] <= 0:
            raise Killed

    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", listen)
        if left[0] <= 0:
            # What tidies up on the way out may have said something else, or nothing.
            raise Killed
