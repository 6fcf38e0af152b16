"""Documents whose bytes are gone with the personal data of their record."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    # No earlier program reads the column; it only fills it in.
    op.execute("-- squawk-ignore ban-drop-not-null\nALTER TABLE issued_documents ALTER COLUMN file_id DROP NOT NULL")


def downgrade() -> None:
    """Take back."""
    op.alter_column("issued_documents", "file_id", existing_type=sa.UUID(), nullable=False)
