"""Every table of a municipality x every verb x every context, each table non-empty on both sides."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

from lumbung.db import Base, TableKind, now, table_kinds
from lumbung.db.base import append_only_tables
from lumbung.ids import new_id
from lumbung.postgres.roles import DatabaseUrls
from lumbung.postgres.testing import SuiteServer
from lumbung.web.sites import LumbungFlask

HERE, THERE = UUID("018f0000-0000-7000-8000-00000000000a"), UUID("018f0000-0000-7000-8000-00000000000b")
KINDS = table_kinds()
OWNED = sorted(name for name, kind in KINDS.items() if kind in (TableKind.TENANT, TableKind.SHARED))

FITTING: dict[str, dict[str, Any]] = {
    "installations": {"status": "enabled", "update_policy": "by_hand", "channel": "stable"},
    "version_changes": {"kind": "upgraded"},
    "installed_indexes": {"status": "ready"},
    "record_moves": {"status": "done", "from_digest": "sha256:a", "to_digest": "sha256:b"},
    "moved_records": {"outcome": "moved"},
    "calendar_days": {"kind": "local"},
    "office_hours": {"weekday": 1, "opens": time(8), "closes": time(16)},
    "delegations": {"first_day": date(2026, 1, 1), "last_day": date(2026, 1, 2)},
    "evaluations": {"status": "draft", "period_start": date(2026, 1, 1), "period_end": date(2026, 6, 30)},
    "reviews": {"stars": 4},
    "app_requests": {"kind": "bug"},
    "assistance_cases": {"topic": "other", "form": "online", "state": "done", "publisher_id": None},
    "assistance_messages": {"side": "asker"},
    "assistance_meetings": {"state": "held", "proposed_by": "asker", "form": "online", "minutes": 60},
    "assistance_offers": {"online": True},
    "assistance_thanks": {"partner_id": None},
    "record_clocks": {"state": "running"},
    "files": {"kind": "photo", "subject_type": None, "subject_id": None},
    "imports": {"status": "draft"},
    "import_lines": {"outcome": "imported"},
    "outbox": {"status": "pending"},
    "requested_archives": {"status": "ready"},
    "plan_usage": {"resource": "files", "level": 80},
    "message_choices": {"channel": "email"},
    "quiet_hours": {"begins": time(21), "ends": time(6)},
    "messages": {"status": "queued", "channel": "email"},
}
"""Values that the check constraints of a table ask for."""


def fitting_row(table: Table, owner: UUID) -> dict[str, Any]:
    """A row of `owner` that the table's types and checks accept; foreign keys are not looked at."""
    row: dict[str, Any] = {}
    for column in table.columns:
        if column.computed is not None:
            continue
        row[column.name] = _value(column, owner)
    # The table may be that of an earlier release.
    row.update({name: value for name, value in FITTING.get(table.name, {}).items() if name in table.columns})
    return row


def _value(column: Any, owner: UUID) -> Any:
    if column.name == "tenant_id":
        return owner
    if isinstance(column.type, JSONB):
        return Jsonb({})
    if isinstance(column.type, TSVECTOR):
        return None
    python = column.type.python_type
    made: dict[type, Any] = {
        UUID: new_id(), datetime: now(), date: date(2026, 1, 2), time: time(8), str: f"x-{new_id()}",
        int: 1, float: 1.0, Decimal: Decimal(1), bool: False, bytes: b"x",
    }  # fmt: skip
    return made[python]


@pytest.fixture
def filled(suite_server: SuiteServer, database: DatabaseUrls, app: LumbungFlask) -> str:
    """One row of each side in every owned table, put there by the superuser past all foreign keys."""
    name = database.application.rsplit("/", 1)[1]
    conninfo = psycopg.conninfo.make_conninfo(suite_server.admin_conninfo, dbname=name)
    with psycopg.connect(conninfo) as admin:
        admin.execute("SET session_replication_role = replica")
        for table_name in OWNED:
            for owner in (HERE, THERE):
                insert(admin, table_name, fitting_row(Base.metadata.tables[table_name], owner))
        admin.commit()
    return database.application.replace("+psycopg", "")


def insert(connection: psycopg.Connection[Any], table: str, row: dict[str, Any]) -> None:
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(sql.Placeholder() * len(row)),
    )
    connection.execute(statement, list(row.values()))


def visible(connection: psycopg.Connection[Any], table: str) -> set[UUID]:
    rows = connection.execute(sql.SQL("SELECT DISTINCT tenant_id FROM {}").format(sql.Identifier(table))).fetchall()
    return {row[0] for row in rows}


def touched(connection: psycopg.Connection[Any], verb: str, table: str) -> int:
    """How many foreign rows an UPDATE or DELETE without any condition of its own reaches."""
    statements = {
        "update": "UPDATE {} SET created_at = created_at WHERE tenant_id = %s",
        "delete": "DELETE FROM {} WHERE tenant_id = %s",
    }
    return connection.execute(sql.SQL(statements[verb]).format(sql.Identifier(table)), [THERE]).rowcount


def test_no_owner_sees_or_touches_the_rows_of_another(filled: str) -> None:
    append_only = append_only_tables()
    for table in OWNED:
        shared = KINDS[table] == TableKind.SHARED
        contexts: dict[str, set[UUID]] = {str(HERE): {HERE}, str(THERE): {THERE}, "": set()}
        for context, expected in contexts.items():
            with psycopg.connect(filled) as connection:
                connection.execute(f"SET LOCAL lumbung.tenant_id = '{context}'".encode())
                assert visible(connection, table) == ({HERE, THERE} if shared else expected), (table, context)
                connection.rollback()
        with psycopg.connect(filled) as connection:
            assert visible(connection, table) == ({HERE, THERE} if shared else set()), (table, "nothing set")
            connection.rollback()
            connection.execute(f"SET LOCAL lumbung.tenant_id = '{HERE}'".encode())
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                insert(connection, table, fitting_row(Base.metadata.tables[table], THERE))
            for verb in ("update", "delete"):
                if table in append_only:
                    with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                        touched(connection, verb, table)
                else:
                    assert touched(connection, verb, table) == 0, (table, verb)
            connection.rollback()


def test_garbage_in_the_setting_opens_nothing(filled: str) -> None:
    for table in OWNED:
        if KINDS[table] == TableKind.SHARED:
            continue
        with psycopg.connect(filled) as connection:
            connection.execute("SET LOCAL lumbung.tenant_id = 'garbage'")
            with pytest.raises(psycopg.errors.InvalidTextRepresentation):
                visible(connection, table)


def test_without_the_wall_the_matrix_turns_red(filled: str, suite_server: SuiteServer) -> None:
    name = filled.rsplit("/", 1)[1]
    conninfo = psycopg.conninfo.make_conninfo(suite_server.admin_conninfo, dbname=name)
    with psycopg.connect(conninfo) as admin:
        admin.execute("ALTER TABLE agencies DISABLE ROW LEVEL SECURITY")
        admin.execute("SET LOCAL ROLE lumbung_app")
        assert visible(admin, "agencies") == {HERE, THERE}
        admin.rollback()
