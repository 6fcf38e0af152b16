"""Memberships, roles, invitations and acting heads."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lumbung.db import TenantTable

BUILT_IN_ROLES = ("official", "tenant_admin", "evaluator")
"""Roles that a membership may hold besides those of apps. Head of agency is not granted: agencies name their head."""


class Membership(TenantTable):
    """A person at work in this municipality."""

    __tablename__ = "memberships"
    __table_args__ = (
        UniqueConstraint("tenant_id", "account_id", name="uq_memberships_tenant_id_account_id"),
        ForeignKeyConstraint(
            ["tenant_id", "agency_id"], ["agencies.tenant_id", "agencies.id"], name="fk_memberships_agency"
        ),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    name: Mapped[str]
    position: Mapped[str] = mapped_column(default="")
    agency_id: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]


class RoleGrant(TenantTable):
    """A role of a membership: built in (`app_id` is empty) or an app's own (`app_id='siaran', role='dispatcher'`)."""

    __tablename__ = "role_grants"
    __table_args__ = (
        UniqueConstraint("tenant_id", "membership_id", "app_id", "role", name="uq_role_grants_membership_role"),
        ForeignKeyConstraint(
            ["tenant_id", "membership_id"],
            ["memberships.tenant_id", "memberships.id"],
            name="fk_role_grants_membership",
            ondelete="CASCADE",
        ),
        Index("ix_role_grants_role", "tenant_id", "app_id", "role"),
    )

    membership_id: Mapped[UUID]
    app_id: Mapped[str] = mapped_column(default="")
    role: Mapped[str]


class Delegation(TenantTable):
    """For these days (both included) `acting_id` acts as head of the agency."""

    __tablename__ = "delegations"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "agency_id"], ["agencies.tenant_id", "agencies.id"], name="fk_delegations_agency"
        ),
        ForeignKeyConstraint(
            ["tenant_id", "acting_id"],
            ["memberships.tenant_id", "memberships.id"],
            name="fk_delegations_acting",
        ),
        CheckConstraint("last_day >= first_day", name="days"),
    )

    agency_id: Mapped[UUID]
    acting_id: Mapped[UUID]
    first_day: Mapped[date]
    last_day: Mapped[date]
    reason: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None]


class Invitation(TenantTable):
    """An invitation to work in this municipality, by link, QR and e-mail. Digest of the token only."""

    __tablename__ = "invitations"
    __table_args__ = (
        UniqueConstraint("tenant_id", "token_digest", name="uq_invitations_tenant_id_token_digest"),
        ForeignKeyConstraint(
            ["tenant_id", "agency_id"], ["agencies.tenant_id", "agencies.id"], name="fk_invitations_agency"
        ),
    )

    email: Mapped[str]
    name: Mapped[str]
    position: Mapped[str] = mapped_column(default="")
    agency_id: Mapped[UUID | None]
    head: Mapped[bool] = mapped_column(default=False)
    roles: Mapped[list[str]]
    token_digest: Mapped[str]
    invited_by: Mapped[UUID | None]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
