"""Row-level security and grants of a table by its kind; called in the migration that makes the table."""

from __future__ import annotations

from typing import cast

import psycopg
from alembic import op

from lumbung.db.base import TableKind
from lumbung.db.tenancy import POLICY, SET_TENANT_DDL
from lumbung.outbox.queue import queue_schema_sql

APPLICATION = "lumbung_app"


def prepare_database() -> None:
    """The function that sets the municipality, and no rights for everybody."""
    op.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    op.execute(f"GRANT USAGE ON SCHEMA public TO {APPLICATION}")
    op.execute(SET_TENANT_DDL)
    op.execute("REVOKE ALL ON FUNCTION set_tenant(uuid) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION set_tenant(uuid) TO {APPLICATION}")


def protect(table: str, kind: str, *, append_only: bool = False) -> None:
    """Put the wall of its kind around a table and grant the application what it needs, no more.

    tenant: one policy for everything. shared: everybody reads, the owner writes. global and local: none.
    """
    name = f'"{table}"'
    if kind in (TableKind.TENANT, TableKind.SHARED):
        op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
    if kind == TableKind.TENANT:
        op.execute(f"CREATE POLICY tenant_isolation ON {name} FOR ALL TO PUBLIC USING ({POLICY}) WITH CHECK ({POLICY})")
    if kind == TableKind.SHARED:
        op.execute(f"CREATE POLICY shared_read ON {name} FOR SELECT TO PUBLIC USING (true)")
        op.execute(f"CREATE POLICY shared_write ON {name} FOR ALL TO PUBLIC USING ({POLICY}) WITH CHECK ({POLICY})")
    verbs = "SELECT, INSERT" if append_only else "SELECT, INSERT, UPDATE, DELETE"
    op.execute(f"GRANT {verbs} ON {name} TO {APPLICATION}")


def install_queue() -> None:
    """The job queue's own tables in a schema of their own (ADR 0008)."""
    statements = queue_schema_sql(application_role=APPLICATION)
    if op.get_context().as_sql:
        op.get_context().impl.static_output(statements)
        return
    # Many statements with percent signs: only the driver itself takes them as they are.
    driver = cast("psycopg.Connection[object]", op.get_bind().connection.driver_connection)
    driver.execute(statements.encode())
