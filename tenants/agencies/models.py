"""Agencies (OPD)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lumbung.db import TenantTable


class Agency(TenantTable):
    """An office of the municipality. `key` is its stable short id (`dishub`); settings of apps name agencies by it."""

    __tablename__ = "agencies"
    __table_args__ = (
        UniqueConstraint("tenant_id", "key", name="uq_agencies_tenant_id_key"),
        ForeignKeyConstraint(
            ["tenant_id", "parent_id"], ["agencies.tenant_id", "agencies.id"], name="fk_agencies_parent"
        ),
    )

    key: Mapped[str]
    name: Mapped[str]
    short_name: Mapped[str]
    parent_id: Mapped[UUID | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    order: Mapped[int] = mapped_column(default=0)
    closed_at: Mapped[datetime | None]


class AgencyHead(TenantTable):
    """Who heads an agency. A table of its own, because memberships already point at agencies."""

    __tablename__ = "agency_heads"
    __table_args__ = (
        UniqueConstraint("tenant_id", "agency_id", name="uq_agency_heads_tenant_id_agency_id"),
        ForeignKeyConstraint(
            ["tenant_id", "agency_id"], ["agencies.tenant_id", "agencies.id"], name="fk_agency_heads_agency"
        ),
        ForeignKeyConstraint(
            ["tenant_id", "membership_id"],
            ["memberships.tenant_id", "memberships.id"],
            name="fk_agency_heads_membership",
        ),
        Index("ix_agency_heads_membership", "tenant_id", "membership_id"),
    )

    agency_id: Mapped[UUID]
    membership_id: Mapped[UUID]
