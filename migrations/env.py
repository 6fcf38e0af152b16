"""Runs migrations as the migrator, who becomes the owner for DDL (ADR 0006)."""

from __future__ import annotations

import time
from typing import Any

from alembic import context
from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, create_engine, pool, text

import wsgi
from lumbung.db.base import Base
from lumbung.migrate.runner import MIGRATING, OWNER, ProtectOp, add_walls, only_ours

_MODELS_ARE_KNOWN_BY = wsgi
PATIENCE_SECONDS = 300.0


@renderers.dispatch_for(ProtectOp, replace=True)
def _render_protect(autogen_context: AutogenContext, op: ProtectOp) -> str:
    autogen_context.imports.add("from lumbung.migrate.walls import prepare_database, protect")
    flag = ", append_only=True" if op.append_only else ""
    return f'protect("{op.table}", "{op.kind}"{flag})'


def _process(migration_context: Any, revision: Any, directives: list[Any]) -> None:
    add_walls(directives)


def write_sql() -> None:
    """Write the SQL of migrations without a database, for a linter or an administrator to read."""
    context.configure(
        dialect_name="postgresql", target_metadata=Base.metadata, literal_binds=True, transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()


def _wait_for_turn(connection: Connection) -> None:
    """Take the lock of migrating: two processes that start at once must not migrate at once.

    Asks again and again, because who waits inside a statement holds a snapshot, for which the other one's
    `CREATE INDEX CONCURRENTLY` would wait in turn.
    """
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        mine = connection.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": MIGRATING})
        connection.commit()
        if mine:
            return
        if time.monotonic() > until:
            raise TimeoutError("Another process has been migrating this database for too long.")
        time.sleep(0.1)


def run() -> None:
    """Connect, lock, migrate."""
    url = context.config.attributes["url"]
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"SET ROLE {OWNER}"))
        connection.execute(text("SET lock_timeout = '5s'"))
        _wait_for_turn(connection)
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            include_name=only_ours,
            process_revision_directives=_process,
            transaction_per_migration=True,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


if context.is_offline_mode():
    write_sql()
else:
    run()
