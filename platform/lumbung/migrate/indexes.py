"""Indexes that are made while people go on writing, when making them was interrupted."""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

_UNFINISHED = text(
    "SELECT quote_ident(c.relname) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
    " WHERE i.indrelid = CAST(:table AS regclass) AND NOT i.indisvalid"
)


def drop_unfinished(table: str) -> None:
    """Drop the indexes of a table that were left half made; to be called in the block without a transaction.

    `CREATE INDEX CONCURRENTLY` that is interrupted leaves an index that no query uses, and `IF NOT EXISTS` would take
    it for the index itself (PostgreSQL, CREATE INDEX, "Building Indexes Concurrently").
    """
    if op.get_context().as_sql:
        return
    for name in op.get_bind().execute(_UNFINISHED, {"table": table}).scalars().all():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
