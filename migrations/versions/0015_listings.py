"""Listings: entries of the catalog that are no packages; agencies that publish."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from lumbung.migrate.walls import protect

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_ENTRIES = "'package', 'website', 'android', 'ios', 'desktop', 'hosted'"
_BEFORE = "'municipality', 'vendor', 'community'"
_PUBLISHERS = "'municipality', 'vendor', 'community', 'agency'"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "agency_publishers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("publisher_id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=False),
        sa.Column("agency_key", sa.Text(), nullable=False),
        sa.Column("agency_name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipalities.id"], name=op.f("fk_agency_publishers_municipality_id")
        ),
        sa.ForeignKeyConstraint(["publisher_id"], ["publishers.id"], name=op.f("fk_agency_publishers_publisher_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_publishers")),
        sa.UniqueConstraint("municipality_id", "agency_key", name="uq_agency_publishers_municipality_id_agency_key"),
        sa.UniqueConstraint("publisher_id", name="uq_agency_publishers_publisher_id"),
    )
    protect("agency_publishers", "global")
    op.create_table(
        "listing_uses",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("app_id", sa.Uuid(), nullable=False),
        sa.Column("municipality_name", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["app_id"], ["apps.id"], name=op.f("fk_listing_uses_app_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["municipalities.id"], name=op.f("fk_listing_uses_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_listing_uses")),
        sa.UniqueConstraint("tenant_id", "app_id", name="uq_listing_uses_tenant_id_app_id"),
    )
    protect("listing_uses", "shared")
    op.create_index("ix_listing_uses_app_id", "listing_uses", ["app_id"], unique=False)
    op.create_table(
        "listings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("app_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("repository", sa.Text(), nullable=False),
        sa.Column("contact_name", sa.Text(), nullable=False),
        sa.Column("contact_email", sa.Text(), nullable=False),
        sa.Column("features", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("publiccode", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "stage IN ('concept', 'development', 'beta', 'stable', 'obsolete')", name=op.f("ck_listings_stage")
        ),
        sa.ForeignKeyConstraint(["app_id"], ["apps.id"], name=op.f("fk_listings_app_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listings")),
        sa.UniqueConstraint("app_id", name="uq_listings_app_id"),
    )
    protect("listings", "global")
    # The check comes with its column: added afterwards it would hold up whoever writes.
    check = f"CONSTRAINT ck_apps_kind CHECK (kind IN ({_ENTRIES}))"
    op.execute(f"ALTER TABLE apps ADD COLUMN kind TEXT DEFAULT 'package' NOT NULL {check}")
    _allow(_PUBLISHERS)


def downgrade() -> None:
    """Take back."""
    op.execute("UPDATE publishers SET kind = 'community' WHERE kind = 'agency'")
    _allow(_BEFORE)
    op.drop_column("apps", "kind")
    op.drop_table("listings")
    op.drop_table("listing_uses")
    op.drop_table("agency_publishers")


def _allow(kinds: str) -> None:
    # One statement on a table of a few rows: it is done before anybody has waited, and the check is never away.
    op.execute(
        "-- squawk-ignore ban-drop-constraint, constraint-missing-not-valid\n"
        "ALTER TABLE publishers DROP CONSTRAINT ck_publishers_kind, "
        f"ADD CONSTRAINT ck_publishers_kind CHECK (kind IN ({kinds}))"
    )
