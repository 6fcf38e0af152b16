"""Records that belong to a record."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from lumbung.migrate.indexes import drop_unfinished

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply, while people go on writing."""
    op.add_column("records", sa.Column("parent_id", sa.Uuid(), nullable=True))
    op.add_column("records", sa.Column("root_id", sa.Uuid(), nullable=True))
    op.add_column("records", sa.Column("shared_with", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.create_foreign_key(
        "fk_records_parent",
        "records",
        "records",
        ["tenant_id", "parent_id"],
        ["tenant_id", "id"],
        postgresql_not_valid=True,
    )
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE records VALIDATE CONSTRAINT fk_records_parent")
        drop_unfinished("records")
        op.create_index(
            "ix_records_parent",
            "records",
            ["tenant_id", "parent_id", "created_at"],
            postgresql_where="parent_id IS NOT NULL",
            postgresql_concurrently=True,
            if_not_exists=True,
        )


def downgrade() -> None:
    """Take back."""
    with op.get_context().autocommit_block():
        drop_unfinished("records")
        op.drop_index("ix_records_parent", "records", postgresql_concurrently=True, if_exists=True)
    op.drop_constraint("fk_records_parent", "records", type_="foreignkey")
    for name in ("shared_with", "root_id", "parent_id"):
        op.drop_column("records", name)
