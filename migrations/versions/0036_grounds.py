"""In which session of a browser a device was subscribed, and on what grounds a message is sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("push_devices", sa.Column("session_id", sa.Uuid(), nullable=True))
    op.add_column("messages", sa.Column("grounds", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("messages", "grounds")
    op.drop_column("push_devices", "session_id")
