"""A database of its own for each part of the bench, and the settings of a Lumbung that runs on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg

from lumbung.migrate.runner import upgrade
from lumbung.postgres.testing import SuiteServer, clone_database, create_template
from lumbung.settings import Settings

_TEMPLATE = "bench_template"


def make_template(server: SuiteServer) -> None:
    """The migrated database that the others are cloned from."""
    create_template(server, _TEMPLATE, lambda urls: upgrade(urls.migration))


def settings_on_clone(server: SuiteServer, name: str, folder: Path, **more: Any) -> Settings:
    """Settings on the fresh clone `name` of the template; files go below `folder`, `more` are further settings."""
    urls = clone_database(server, _TEMPLATE, name)
    return Settings(
        database_url=urls.application,
        migration_database_url=urls.migration,
        secret_key="only-for-the-bench-0123456789abcdef",
        instance=folder / name,
        **more,
    )


def connect_migrator(settings: Settings) -> psycopg.Connection[Any]:
    """A connection of the role that may look after tables, which commits each statement."""
    address = settings.migration_database_url or ""
    return psycopg.connect(address.replace("+psycopg", "", 1), autocommit=True)
