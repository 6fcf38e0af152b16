"""An index that finds everybody who says in public that they run an app."""

from __future__ import annotations

from alembic import op

from lumbung.migrate.indexes import drop_unfinished

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply, while people go on writing."""
    with op.get_context().autocommit_block():
        drop_unfinished("adoptions")
        op.create_index(
            "ix_adoptions_app_id", "adoptions", ["app_id"], postgresql_concurrently=True, if_not_exists=True
        )


def downgrade() -> None:
    """Take back."""
    with op.get_context().autocommit_block():
        op.drop_index("ix_adoptions_app_id", table_name="adoptions", postgresql_concurrently=True, if_exists=True)
