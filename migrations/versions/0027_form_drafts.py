"""form_drafts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lumbung.migrate.walls import protect

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "form_drafts",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("installation_id", sa.Uuid(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "installation_id"],
            ["installations.tenant_id", "installations.id"],
            name="fk_form_drafts_installation",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["municipalities.id"], name=op.f("fk_form_drafts_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_form_drafts")),
        sa.UniqueConstraint("tenant_id", "account_id", "installation_id", "page", name="uq_form_drafts_page"),
    )
    protect("form_drafts", "tenant")
    op.create_index("ix_form_drafts_expires_at", "form_drafts", ["tenant_id", "expires_at"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_form_drafts_expires_at", table_name="form_drafts")
    op.drop_table("form_drafts")
