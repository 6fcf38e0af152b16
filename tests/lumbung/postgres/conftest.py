"""Folders and databases of the embedded PostgreSQL."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from lumbung.postgres.testing import (
    SuiteServer,
    clone_database,
    create_template,
    drop_database,
    start_suite_server,
    stop_suite_server,
)
from tests.lumbung.postgres.servers import libpq


@pytest.fixture
def folder() -> Iterator[Path]:
    """An instance folder that another user may pass through, unlike pytest's own."""
    made = Path(tempfile.mkdtemp(prefix="lumbung-instance-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def suite() -> Iterator[SuiteServer]:
    cluster, server = start_suite_server()
    yield server
    stop_suite_server(cluster)
    assert not cluster.home.instance.exists()


@pytest.fixture
def walled(suite: SuiteServer) -> Iterator[str]:
    """A database cloned from a template with one table under forced row-level security, two rows in it."""

    def build(urls: object) -> None:
        with psycopg.connect(libpq(suite.urls("template_walls").migration)) as connection:
            connection.execute("SET ROLE lumbung_owner")
            connection.execute("CREATE TABLE letters (tenant text NOT NULL)")
            connection.execute("ALTER TABLE letters ENABLE ROW LEVEL SECURITY")
            connection.execute("ALTER TABLE letters FORCE ROW LEVEL SECURITY")
            connection.execute(
                "CREATE POLICY one ON letters USING (tenant = current_setting('app.tenant', true)) "
                "WITH CHECK (tenant = current_setting('app.tenant', true))"
            )
            connection.execute("GRANT SELECT, INSERT ON letters TO lumbung_app")
            connection.execute("RESET ROLE")
            connection.execute("INSERT INTO letters VALUES ('tangsel'), ('surabaya')")

    create_template(suite, "template_walls", build)
    clone_database(suite, "template_walls", "walls")
    yield "walls"
    drop_database(suite, "walls")
