"""Audit of a municipality, audit of the hub, and counted refusals."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from lumbung.db.base import GlobalTable, LocalTable, TenantTable


class AuditEntry(TenantTable):
    """One change inside a municipality."""

    __tablename__ = "audit_entries"
    __append_only__ = True
    __table_args__ = (Index("ix_audit_entries_subject", "tenant_id", "subject_type", "subject_id"),)

    account_id: Mapped[UUID | None]
    actor: Mapped[str]
    action: Mapped[str]
    subject_type: Mapped[str]
    subject_id: Mapped[str]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    request_id: Mapped[str]


class PlatformAuditEntry(GlobalTable):
    """One change on the hub: claims, publishers, releases, accounts."""

    __tablename__ = "platform_audit_entries"
    __append_only__ = True
    __table_args__ = (Index("ix_platform_audit_entries_subject", "subject_type", "subject_id"),)

    account_id: Mapped[UUID | None]
    actor: Mapped[str]
    action: Mapped[str]
    subject_type: Mapped[str]
    subject_id: Mapped[str]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    request_id: Mapped[str]


class Refusal(LocalTable):
    """How often a kind of refusal happened to somebody in an hour; one row however large the flood."""

    __tablename__ = "refusals"

    hour: Mapped[datetime] = mapped_column(primary_key=True)
    site: Mapped[str] = mapped_column(primary_key=True)
    endpoint: Mapped[str] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True)
    times: Mapped[int]
