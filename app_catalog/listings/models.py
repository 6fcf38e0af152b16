"""Entries of the catalog that are no packages, and what municipalities say of using them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app_catalog.releases.models import App
from lumbung.db import GlobalTable, SharedTable


class Listing(GlobalTable):
    """What the catalog knows of an app that is no package; its texts, category and address in the catalog are its
    `App`'s, whose `kind` says what it is.

    `agency` is who runs it, by name: agencies are rows of a municipality and nothing here points at them.
    `publiccode` is the file that the listing was made from, as it was read; what people changed since stands in the
    other columns and goes before it. While `withheld_at` stands, a curator keeps it out of the catalog.
    """

    __tablename__ = "listings"
    __table_args__ = (
        UniqueConstraint("app_id", name="uq_listings_app_id"),
        CheckConstraint("stage IN ('concept', 'development', 'beta', 'stable', 'obsolete')", name="stage"),
    )

    app_id: Mapped[UUID] = mapped_column(ForeignKey("apps.id"))
    address: Mapped[str]
    agency: Mapped[str] = mapped_column(default="")
    stage: Mapped[str] = mapped_column(default="stable")
    licence: Mapped[str] = mapped_column(default="")
    repository: Mapped[str] = mapped_column(default="")
    contact_name: Mapped[str] = mapped_column(default="")
    contact_email: Mapped[str] = mapped_column(default="")
    features: Mapped[list[str]] = mapped_column(default=list)
    # Up to a quarter of a megabyte, which no list of entries needs.
    publiccode: Mapped[dict[str, Any] | None] = mapped_column(JSONB, deferred=True)
    updated_at: Mapped[datetime]
    withheld_at: Mapped[datetime | None]
    withheld_reason: Mapped[str] = mapped_column(default="", server_default="")
    app: Mapped[App] = relationship(lazy="raise")


class ListingUse(SharedTable):
    """A municipality says in public: we use this. Written by its own act and deleted when taken back (ADR 0024)."""

    __tablename__ = "listing_uses"
    __table_args__ = (
        UniqueConstraint("tenant_id", "app_id", name="uq_listing_uses_tenant_id_app_id"),
        Index("ix_listing_uses_app_id", "app_id"),
    )

    app_id: Mapped[UUID] = mapped_column(ForeignKey("apps.id"))
    municipality_name: Mapped[str]
    since: Mapped[datetime]
