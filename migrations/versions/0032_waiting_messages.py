"""Finding messages that wait, and those that went in one."""

from __future__ import annotations

from alembic import op

from lumbung.migrate.indexes import drop_unfinished

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_INDEXES = {"ix_messages_bundle": "bundle_id", "ix_messages_waiting": "waits_until"}


def upgrade() -> None:
    """Apply, while messages go on being written."""
    with op.get_context().autocommit_block():
        drop_unfinished("messages")
        for name, column in _INDEXES.items():
            op.create_index(
                name,
                "messages",
                ["tenant_id", column],
                postgresql_where=f"{column} IS NOT NULL",
                postgresql_concurrently=True,
                if_not_exists=True,
            )


def downgrade() -> None:
    """Take back."""
    with op.get_context().autocommit_block():
        for name in _INDEXES:
            op.drop_index(name, "messages", postgresql_concurrently=True, if_exists=True)
