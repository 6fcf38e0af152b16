"""Indexes by which the history of a month, and what somebody made with an account, are found."""

from __future__ import annotations

from alembic import op

from lumbung.migrate.indexes import drop_unfinished

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply, while people go on writing."""
    with op.get_context().autocommit_block():
        drop_unfinished("record_history")
        drop_unfinished("records")
        op.create_index(
            "ix_record_history_created_at",
            "record_history",
            ["tenant_id", "created_at"],
            postgresql_concurrently=True,
            if_not_exists=True,
        )
        op.create_index(
            "ix_records_made_by",
            "records",
            ["tenant_id", "created_by", "created_at"],
            postgresql_where="created_by IS NOT NULL",
            postgresql_concurrently=True,
            if_not_exists=True,
        )


def downgrade() -> None:
    """Take back."""
    with op.get_context().autocommit_block():
        op.drop_index("ix_records_made_by", "records", postgresql_concurrently=True, if_exists=True)
        op.drop_index("ix_record_history_created_at", "record_history", postgresql_concurrently=True, if_exists=True)
