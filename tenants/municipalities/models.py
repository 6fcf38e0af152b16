"""Municipalities, who claimed them, and slugs that may never be used again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lumbung.db import GlobalTable


class Municipality(GlobalTable):
    """A city or regency that takes part. `region_code` is the home ministry's code (`36.71`)."""

    __tablename__ = "municipalities"
    __table_args__ = (
        UniqueConstraint("region_code", name="uq_municipalities_region_code"),
        UniqueConstraint("slug", name="uq_municipalities_slug"),
        UniqueConstraint("domain", name="uq_municipalities_domain"),
        CheckConstraint("status IN ('preparing', 'active', 'suspended')", name="status"),
    )

    region_code: Mapped[str]
    slug: Mapped[str]
    name: Mapped[str]
    status: Mapped[str] = mapped_column(default="preparing")
    timezone: Mapped[str]
    domain: Mapped[str | None]
    centre_lon: Mapped[float | None] = mapped_column(Float)
    centre_lat: Mapped[float | None] = mapped_column(Float)
    zoom: Mapped[int] = mapped_column(default=12)
    brand_colour: Mapped[str | None]
    seal_file_id: Mapped[UUID | None]
    demo: Mapped[bool] = mapped_column(default=False)
    contact_email: Mapped[str | None]
    contact_phone: Mapped[str | None]
    terms_version: Mapped[str | None]
    terms_accepted_at: Mapped[datetime | None]
    terms_accepted_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    activated_at: Mapped[datetime | None]


class RetiredSlug(GlobalTable):
    """A slug that a municipality once had; never given to another (trust.md)."""

    __tablename__ = "retired_slugs"
    __table_args__ = (UniqueConstraint("slug", name="uq_retired_slugs_slug"),)

    slug: Mapped[str]
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipalities.id"))


class Claim(GlobalTable):
    """An officer says: I may act for this municipality. An operator decides on the evidence.

    `terms_version` is the version of the agreements that was accepted with the claim.
    """

    __tablename__ = "municipality_claims"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'approved', 'refused', 'withdrawn')", name="status"),
        Index(
            "uq_municipality_claims_open",
            "region_code",
            "account_id",
            unique=True,
            postgresql_where="status = 'open'",
        ),
    )

    region_code: Mapped[str]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    office: Mapped[str]
    position: Mapped[str]
    evidence: Mapped[str]
    evidence_name: Mapped[str | None]
    evidence_type: Mapped[str | None]
    evidence_data: Mapped[bytes | None]
    terms_version: Mapped[str]
    status: Mapped[str] = mapped_column(default="open")
    reason: Mapped[str | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime | None]
