"""The previous release's database becomes this one's without losing a value.

The tables of the previous release are filled as they were then, without any of today's models, and compared afterwards
column by column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from alembic import command
from psycopg import sql
from sqlalchemy import MetaData, Table, create_engine, pool

from lumbung.db import TableKind
from lumbung.doctor import examine
from lumbung.migrate.runner import alembic_config, differences, upgrade
from lumbung.postgres.roles import DatabaseUrls
from lumbung.postgres.testing import SuiteServer, clone_database, create_template, drop_database
from tests.lumbung.test_isolation_matrix import HERE, KINDS, THERE, fitting_row, insert

PREVIOUS = "0001"
"""The newest revision that the previous release has; raise it with each release."""
NOT_DATA = {"alembic_version"}


@pytest.fixture
def previous(suite_server: SuiteServer, worker_id: str) -> Iterator[DatabaseUrls]:
    """A database with the previous release's schema."""
    name, template = f"previous_{worker_id}", f"template_previous_{PREVIOUS}"
    create_template(suite_server, template, lambda urls: command.upgrade(alembic_config(urls.migration), PREVIOUS))
    drop_database(suite_server, name)
    yield clone_database(suite_server, template, name)
    drop_database(suite_server, name)


@pytest.fixture
def superuser(suite_server: SuiteServer, previous: DatabaseUrls) -> Iterator[psycopg.Connection[Any]]:
    """The superuser in it."""
    name = previous.application.rsplit("/", 1)[1]
    conninfo = psycopg.conninfo.make_conninfo(suite_server.admin_conninfo, dbname=name)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        yield connection


def reflected(urls: DatabaseUrls) -> dict[str, Table]:
    """The tables as the database knows them."""
    engine = create_engine(urls.migration, poolclass=pool.NullPool)
    metadata = MetaData()
    with engine.connect() as connection:
        connection.exec_driver_sql("SET ROLE lumbung_owner")
        metadata.reflect(connection)
    return {name: table for name, table in metadata.tables.items() if name not in NOT_DATA}


def contents(connection: psycopg.Connection[Any], tables: dict[str, list[str]]) -> dict[str, list[Any]]:
    """What stands in these columns, row by row."""
    found = {}
    for name, columns in tables.items():
        query = sql.SQL("SELECT row_to_json(r)::text FROM (SELECT {} FROM {}) r ORDER BY 1").format(
            sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(name)
        )
        found[name] = [row[0] for row in connection.execute(query)]
    return found


def allowed_words(connection: psycopg.Connection[Any]) -> dict[str, dict[str, str]]:
    """By table and column the first of the words that a check allows."""
    query = "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c'"
    found: dict[str, dict[str, str]] = {}
    for name, written in connection.execute(query):
        for column, word in re.findall(r"\(*(\w+) = ANY \(ARRAY\['([^']+)'", written):
            found.setdefault(name, {})[column] = word
    return found


def fill(connection: psycopg.Connection[Any], tables: dict[str, Table]) -> None:
    """A row of each of two municipalities in every table."""
    connection.execute("SET session_replication_role = replica")
    allowed = allowed_words(connection)
    for name, table in tables.items():
        owned = KINDS.get(name) in (TableKind.TENANT, TableKind.SHARED)
        for owner in (HERE, THERE):
            row = fitting_row(table, owner) | allowed.get(name, {})
            if owned or name != "municipalities":
                insert(connection, name, row)
            else:
                insert(connection, name, {**row, "id": owner})
    connection.execute("SET session_replication_role = origin")


def test_every_value_of_the_previous_release_is_kept(
    previous: DatabaseUrls, superuser: psycopg.Connection[Any]
) -> None:
    tables = reflected(previous)
    fill(superuser, tables)
    columns = {name: [column.name for column in table.columns] for name, table in tables.items()}
    before = contents(superuser, columns)
    assert all(before.values()), [name for name, rows in before.items() if not rows]
    upgrade(previous.migration)
    now = {name: {column.name for column in table.columns} for name, table in reflected(previous).items()}
    gone = {name: sorted(set(known) - now.get(name, set())) for name, known in columns.items()}
    assert not any(gone.values()), "A release takes nothing away that the one before it still reads."
    assert contents(superuser, columns) == before
    assert differences(previous.migration) == []
    with psycopg.connect(previous.application.replace("+psycopg", "")) as connection:
        assert [str(finding) for finding in examine(connection)] == []


def test_a_lost_value_would_be_seen(previous: DatabaseUrls, superuser: psycopg.Connection[Any]) -> None:
    """The control."""
    tables = reflected(previous)
    fill(superuser, tables)
    columns = {name: [column.name for column in table.columns] for name, table in tables.items()}
    before = contents(superuser, columns)
    upgrade(previous.migration)
    superuser.execute("SET session_replication_role = replica")
    superuser.execute("UPDATE agencies SET name = upper(name) WHERE tenant_id = %s", [HERE])
    assert contents(superuser, columns) != before
