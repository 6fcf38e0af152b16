"""Plans: programmes of municipalities, exceptions, and what each municipality uses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lumbung.migrate.walls import protect

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "programmes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("holder_account_id", sa.Uuid(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("next_size", sa.BigInteger(), nullable=True),
        sa.Column("next_size_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("over_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('province', 'vendor')", name=op.f("ck_programmes_kind")),
        sa.CheckConstraint("(next_size IS NULL) = (next_size_at IS NULL)", name=op.f("ck_programmes_next_size")),
        sa.CheckConstraint("size > 0", name=op.f("ck_programmes_size")),
        sa.ForeignKeyConstraint(["agreement_id"], ["money_agreements.id"], name=op.f("fk_programmes_agreement_id")),
        sa.ForeignKeyConstraint(["holder_account_id"], ["accounts.id"], name=op.f("fk_programmes_holder_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programmes")),
    )
    protect("programmes", "global")
    op.create_index("ix_programmes_holder", "programmes", ["holder_account_id"], unique=False)
    op.create_index("uq_programmes_agreement", "programmes", ["agreement_id"], unique=True)
    op.create_table(
        "plan_exceptions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("files", sa.BigInteger(), nullable=True),
        sa.Column("records", sa.BigInteger(), nullable=True),
        sa.Column("emails", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("files > 0 AND records > 0 AND emails > 0", name=op.f("ck_plan_exceptions_more")),
        sa.ForeignKeyConstraint(["given_by"], ["accounts.id"], name=op.f("fk_plan_exceptions_given_by")),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipalities.id"], name=op.f("fk_plan_exceptions_municipality_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_exceptions")),
        sa.UniqueConstraint("municipality_id", name="uq_plan_exceptions_municipality"),
    )
    protect("plan_exceptions", "global")
    op.create_table(
        "plan_usage",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.Column("upto", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("level", sa.BigInteger(), nullable=False),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("resource IN ('files', 'records', 'emails')", name=op.f("ck_plan_usage_resource")),
        sa.CheckConstraint("level IN (0, 80, 95, 100)", name=op.f("ck_plan_usage_level")),
        sa.ForeignKeyConstraint(["tenant_id"], ["municipalities.id"], name=op.f("fk_plan_usage_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_plan_usage")),
        sa.UniqueConstraint("tenant_id", "resource", name="uq_plan_usage_resource"),
    )
    protect("plan_usage", "tenant")
    op.create_table(
        "programme_members",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("files_percent", sa.BigInteger(), nullable=True),
        sa.Column("records_percent", sa.BigInteger(), nullable=True),
        sa.Column("emails_percent", sa.BigInteger(), nullable=True),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipalities.id"], name=op.f("fk_programme_members_municipality_id")
        ),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_programme_members_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_members")),
    )
    protect("programme_members", "global")
    op.create_index("ix_programme_members_programme", "programme_members", ["programme_id"], unique=False)
    op.create_index(
        "uq_programme_members_municipality",
        "programme_members",
        ["municipality_id"],
        unique=True,
        postgresql_where="left_at IS NULL",
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index(
        "uq_programme_members_municipality", table_name="programme_members", postgresql_where="left_at IS NULL"
    )
    op.drop_index("ix_programme_members_programme", table_name="programme_members")
    op.drop_table("programme_members")
    op.drop_table("plan_usage")
    op.drop_table("plan_exceptions")
    op.drop_index("uq_programmes_agreement", table_name="programmes")
    op.drop_index("ix_programmes_holder", table_name="programmes")
    op.drop_table("programmes")
