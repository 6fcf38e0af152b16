"""Releases and apps whose support ends."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from lumbung.migrate.walls import protect

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "deprecations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("app_id", sa.Uuid(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("supported_until", sa.Date(), nullable=False),
        sa.Column("successor_release_id", sa.Uuid(), nullable=True),
        sa.Column("successor_app_id", sa.Uuid(), nullable=True),
        sa.Column("mapping", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(successor_release_id, successor_app_id) <= 1", name=op.f("ck_deprecations_successor")
        ),
        sa.CheckConstraint(
            "release_id IS NOT NULL OR successor_release_id IS NULL", name=op.f("ck_deprecations_successor_of_app")
        ),
        sa.ForeignKeyConstraint(["app_id"], ["apps.id"], name=op.f("fk_deprecations_app_id")),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name=op.f("fk_deprecations_release_id")),
        sa.ForeignKeyConstraint(
            ["successor_release_id"], ["releases.id"], name=op.f("fk_deprecations_successor_release_id")
        ),
        sa.ForeignKeyConstraint(["successor_app_id"], ["apps.id"], name=op.f("fk_deprecations_successor_app_id")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_deprecations_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deprecations")),
    )
    protect("deprecations", "global")
    op.create_index(
        "uq_deprecations_open",
        "deprecations",
        ["app_id", "release_id"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
        postgresql_nulls_not_distinct=True,
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("uq_deprecations_open", table_name="deprecations")
    op.drop_table("deprecations")
