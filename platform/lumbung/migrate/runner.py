"""Running and writing migrations."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psycopg
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import ops
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, pool, text

from lumbung.db.base import Base, append_only_tables, table_kinds

OWNER = "lumbung_owner"
MIGRATING = 77_120_514
"""The advisory lock of whoever migrates a database."""


def migrations_folder() -> Path:
    """Where the migrations are: beside the installed sources, or in the working folder."""
    beside = Path(__file__).resolve().parents[3] / "migrations"
    return beside if beside.exists() else Path("migrations").resolve()


def alembic_config(url: str, output: io.StringIO | None = None) -> Config:
    """The configuration of alembic; there is no ini file."""
    config = Config(output_buffer=output) if output else Config()
    config.set_main_option("script_location", str(migrations_folder()))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["url"] = url
    return config


def upgrade(migration_url: str) -> None:
    """Bring the schema of the database to the newest revision; nothing happens when it is there already."""
    command.upgrade(alembic_config(migration_url), "head")


def newest_revision() -> str:
    """The revision of the schema that this code is written for."""
    head = ScriptDirectory.from_config(alembic_config("")).get_current_head()
    assert head is not None
    return head


def is_current(migration_url: str) -> bool:
    """Whether the database is at the newest revision already; asks without importing the application."""
    head = ScriptDirectory.from_config(alembic_config(migration_url)).get_current_head()
    with psycopg.connect(migration_url.replace("+psycopg", "", 1), connect_timeout=5) as connection:
        if connection.execute("SELECT to_regclass('public.alembic_version')").fetchone() == (None,):
            return False
        connection.execute(f"SET ROLE {OWNER}".encode())
        return connection.execute("SELECT version_num FROM alembic_version").fetchone() == (head,)


def write_revision(migration_url: str, *, number: str, slug: str) -> None:
    """Write the migration `<number>_<slug>.py` with what the models have and the database has not yet."""
    command.revision(alembic_config(migration_url), slug, autogenerate=True, rev_id=number)


def differences(migration_url: str) -> list[Any]:
    """What the models say and the migrated database does not; empty when they agree."""
    engine = create_engine(migration_url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"SET ROLE {OWNER}"))
        context = MigrationContext.configure(
            connection,
            opts={"compare_type": True, "include_name": only_ours, "compare_server_default": False},
        )
        return list(compare_metadata(context, Base.metadata))


def only_ours(name: str | None, kind: str, parents: Any) -> bool:
    """Leave the queue's own tables alone."""
    return not (kind == "table" and name is not None and name.startswith("procrastinate"))


def add_walls(directives: Iterable[Any]) -> None:
    """After each new table of a generated migration, the call that protects it."""
    kinds, append_only = table_kinds(), append_only_tables()
    for script in directives:
        made: list[Any] = []
        for operation in script.upgrade_ops.ops:
            made.append(operation)
            if isinstance(operation, ops.CreateTableOp):
                made.append(
                    ProtectOp(operation.table_name, kinds[operation.table_name], operation.table_name in append_only)
                )
        script.upgrade_ops.ops = made


class ProtectOp(ops.MigrateOperation):
    """Stands for a call of `protect` in a generated migration."""

    def __init__(self, table: str, kind: str, append_only: bool) -> None:
        self.table, self.kind, self.append_only = table, kind, append_only
