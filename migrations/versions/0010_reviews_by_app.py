"""An index that finds all municipalities' reviews of one app."""

from __future__ import annotations

from alembic import op

from lumbung.migrate.indexes import drop_unfinished

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply, while people go on writing."""
    with op.get_context().autocommit_block():
        drop_unfinished("reviews")
        op.create_index("ix_reviews_app_id", "reviews", ["app_id"], postgresql_concurrently=True, if_not_exists=True)


def downgrade() -> None:
    """Take back."""
    with op.get_context().autocommit_block():
        op.drop_index("ix_reviews_app_id", table_name="reviews", postgresql_concurrently=True, if_exists=True)
