"""A second Lumbung with a database, files and keys of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from lumbung.db import db
from lumbung.postgres.testing import SuiteServer, clone_database, drop_database
from lumbung.settings import Settings
from lumbung.web.sites import LumbungFlask
from wsgi import create_app


@pytest.fixture(autouse=True)
def _no_files_of_others(settings: Settings) -> None:
    """What tests before left on the disk is no matter of these."""
    shutil.rmtree(settings.files_root, ignore_errors=True)
    settings.files_root.mkdir()


@pytest.fixture
def admin_conninfo(suite_server: SuiteServer, worker_id: str) -> str:
    """The superuser's way into this worker's database."""
    return psycopg.conninfo.make_conninfo(suite_server.admin_conninfo, dbname=f"test_{worker_id}")


@pytest.fixture
def elsewhere(
    suite_server: SuiteServer, template: str, settings: Settings, worker_id: str, tmp_path: Path
) -> Iterator[Settings]:
    """The settings of another Lumbung: an empty, migrated database, another SECRET_KEY, another folder."""
    name = f"elsewhere_{worker_id}"
    drop_database(suite_server, name)
    urls = clone_database(suite_server, template, name)
    (tmp_path / "elsewhere").mkdir()
    yield replace(
        settings,
        database_url=urls.application,
        migration_database_url=urls.migration,
        secret_key="another-key-0123456789abcdef0123",
        instance=tmp_path / "elsewhere",
    )
    drop_database(suite_server, name)


@pytest.fixture
def other_app(elsewhere: Settings) -> Iterator[LumbungFlask]:
    """The application of the other Lumbung."""
    app = create_app(elsewhere)
    yield app
    with app.app_context():
        db.engine.dispose()
