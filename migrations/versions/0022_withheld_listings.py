"""Listings that a curator keeps out of the catalog."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("listings", sa.Column("withheld_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("listings", sa.Column("withheld_reason", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """Take back."""
    op.drop_column("listings", "withheld_reason")
    op.drop_column("listings", "withheld_at")
