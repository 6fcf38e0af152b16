"""A migration that was interrupted, or that two processes begin at once, ends as if nothing had been."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

import psycopg
import pytest
from alembic import command

from lumbung.migrate.runner import MIGRATING, alembic_config, differences, is_current, upgrade
from lumbung.postgres.roles import DatabaseUrls
from lumbung.postgres.testing import SuiteServer, clone_database, create_template, drop_database

BEFORE = "0003"
"""The revision before one that makes indexes while people go on writing."""
UPGRADE = "import sys; from lumbung.migrate.runner import upgrade; upgrade(sys.argv[1])"


@pytest.fixture
def before(suite_server: SuiteServer, worker_id: str) -> Iterator[DatabaseUrls]:
    """A database that has not been given those indexes yet."""
    name, template = f"interrupted_{worker_id}", f"template_before_{BEFORE}"
    create_template(suite_server, template, lambda urls: command.upgrade(alembic_config(urls.migration), BEFORE))
    drop_database(suite_server, name)
    yield clone_database(suite_server, template, name)
    drop_database(suite_server, name)


def test_an_index_that_was_left_half_made_is_made_again(suite_server: SuiteServer, before: DatabaseUrls) -> None:
    name = before.application.rsplit("/", 1)[1]
    conninfo = psycopg.conninfo.make_conninfo(suite_server.admin_conninfo, dbname=name)
    with psycopg.connect(conninfo, autocommit=True) as superuser:
        # As CREATE INDEX CONCURRENTLY leaves it when it is killed: there by name, used by no query.
        superuser.execute("SET ROLE lumbung_owner")
        superuser.execute("CREATE INDEX ix_records_newest ON records (tenant_id, created_at, id)")
        superuser.execute("RESET ROLE")
        superuser.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_records_newest'::regclass")
        upgrade(before.migration)
        broken = superuser.execute("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid").fetchall()
    assert broken == []
    assert differences(before.migration) == []


def test_two_processes_that_migrate_at_once_both_end_well(suite_server: SuiteServer, before: DatabaseUrls) -> None:
    """Who waits for its turn must hold no snapshot: making an index would wait for it, and both for ever."""
    name = before.application.rsplit("/", 1)[1]
    conninfo = psycopg.conninfo.make_conninfo(suite_server.admin_conninfo, dbname=name)
    here = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND usename = 'lumbung_migrator'"
    with psycopg.connect(conninfo, autocommit=True) as superuser:
        superuser.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
        both = [subprocess.Popen([sys.executable, "-c", UPGRADE, before.migration]) for _ in range(2)]
        until = time.monotonic() + 30
        while superuser.execute(here, [name]).fetchone() != (2,) and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(0.5)
        superuser.execute("SELECT pg_advisory_unlock(%s)", [MIGRATING])
        assert [process.wait(timeout=60) for process in both] == [0, 0]
    assert is_current(before.migration)
