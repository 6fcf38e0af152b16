"""Who joined a record, sealed, so that each person counts once where duplicates are merged."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("record_joins", sa.Column("sealed_person", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("record_joins", "sealed_person")
