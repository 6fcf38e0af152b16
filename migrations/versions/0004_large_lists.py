"""Indexes that keep large lists quick: by deadline, by closing, the newest of all apps, and by place."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lumbung.migrate.indexes import drop_unfinished

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

CLOSED = "COALESCE(closed_at, created_at)"
DUE = "COALESCE(due_at, '9999-01-01 00:00:00+00'::timestamp with time zone)"
PLACE = ["tenant_id", "installation_id", "record_type", "place_lat", "place_lon"]
MAP = ["tenant_id", "installation_id", "record_type", "open", "created_at", "id"]


def upgrade() -> None:
    """Apply, while people go on writing."""
    with op.get_context().autocommit_block():
        drop_unfinished("records")
        op.create_index(
            "ix_records_closed",
            "records",
            ["tenant_id", sa.literal_column(CLOSED), "id"],
            postgresql_where="NOT open",
            postgresql_concurrently=True,
            if_not_exists=True,
        )
        op.create_index(
            "ix_records_due",
            "records",
            ["tenant_id", sa.literal_column(DUE), "id"],
            postgresql_where="open",
            postgresql_concurrently=True,
            if_not_exists=True,
        )
        op.create_index(
            "ix_records_newest",
            "records",
            ["tenant_id", "created_at", "id"],
            postgresql_concurrently=True,
            if_not_exists=True,
        )
        op.create_index(
            "ix_records_place",
            "records",
            PLACE,
            postgresql_where="place_lat IS NOT NULL",
            postgresql_concurrently=True,
            if_not_exists=True,
        )
        op.create_index(
            "ix_records_map",
            "records",
            MAP,
            postgresql_where="published AND hidden_at IS NULL AND place_lon IS NOT NULL",
            postgresql_concurrently=True,
            if_not_exists=True,
        )
        for name in ("ix_records_open", "ix_records_list"):
            op.drop_index(name, "records", postgresql_concurrently=True, if_exists=True)


def downgrade() -> None:
    """Take back."""
    with op.get_context().autocommit_block():
        drop_unfinished("records")
        for name in ("ix_records_closed", "ix_records_due", "ix_records_newest", "ix_records_place", "ix_records_map"):
            op.drop_index(name, "records", postgresql_concurrently=True, if_exists=True)
        op.create_index(
            "ix_records_list",
            "records",
            ["tenant_id", "installation_id", "record_type", "created_at", "id"],
            postgresql_concurrently=True,
            if_not_exists=True,
        )
        op.create_index(
            "ix_records_open",
            "records",
            ["tenant_id", "open", "overdue", "due_at", "id"],
            postgresql_concurrently=True,
            if_not_exists=True,
        )
