"""Which version runs somewhere, without saying where."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from lumbung.migrate.walls import protect

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "running_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("app_id", sa.Uuid(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("refused_release_id", sa.Uuid(), nullable=True),
        sa.Column("refused_why", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "how IN ('enabled', 'by_hand', 'automatic', 'went_back')", name=op.f("ck_running_versions_how")
        ),
        sa.ForeignKeyConstraint(["app_id"], ["apps.id"], name=op.f("fk_running_versions_app_id")),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"], name=op.f("fk_running_versions_release_id")),
        sa.ForeignKeyConstraint(
            ["refused_release_id"], ["releases.id"], name=op.f("fk_running_versions_refused_release_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_running_versions")),
        sa.UniqueConstraint("place", name="uq_running_versions_place"),
    )
    protect("running_versions", "global")
    op.create_index("ix_running_versions_app_id", "running_versions", ["app_id", "release_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_running_versions_app_id", table_name="running_versions")
    op.drop_table("running_versions")
