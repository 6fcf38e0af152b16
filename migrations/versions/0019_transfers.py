"""Apps that pass from one publisher to another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lumbung.migrate.walls import protect

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "app_transfers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("app_id", sa.Uuid(), nullable=False),
        sa.Column("from_publisher_id", sa.Uuid(), nullable=False),
        sa.Column("to_publisher_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("offered_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('offered', 'accepted', 'declined', 'withdrawn')", name=op.f("ck_app_transfers_status")
        ),
        sa.CheckConstraint("(status = 'offered') = (decided_at IS NULL)", name=op.f("ck_app_transfers_decided_at")),
        sa.CheckConstraint("from_publisher_id <> to_publisher_id", name=op.f("ck_app_transfers_publishers")),
        sa.ForeignKeyConstraint(["app_id"], ["apps.id"], name=op.f("fk_app_transfers_app_id")),
        sa.ForeignKeyConstraint(
            ["from_publisher_id"], ["publishers.id"], name=op.f("fk_app_transfers_from_publisher_id")
        ),
        sa.ForeignKeyConstraint(["to_publisher_id"], ["publishers.id"], name=op.f("fk_app_transfers_to_publisher_id")),
        sa.ForeignKeyConstraint(["offered_by"], ["accounts.id"], name=op.f("fk_app_transfers_offered_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["accounts.id"], name=op.f("fk_app_transfers_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_app_transfers")),
    )
    protect("app_transfers", "global")
    op.create_index(
        "uq_app_transfers_open",
        "app_transfers",
        ["app_id"],
        unique=True,
        postgresql_where=sa.text("status = 'offered'"),
    )
    op.create_index("ix_app_transfers_app_id", "app_transfers", ["app_id", "status", "decided_at"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_app_transfers_app_id", table_name="app_transfers")
    op.drop_index("uq_app_transfers_open", table_name="app_transfers")
    op.drop_table("app_transfers")
