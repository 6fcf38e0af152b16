"""Effects that follow from a change, and the wake-ups that tell workers when to look."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from lumbung.db.base import GlobalTable, LocalTable, TenantTable
from lumbung.db.clock import now
from lumbung.ids import new_id


class EffectStatus(StrEnum):
    """How far an effect has come. A failed one stays until somebody retries it."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


class EffectColumns:
    """What every effect holds. `payload` carries ids only, never a name, an address or a text."""

    kind: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    status: Mapped[str] = mapped_column(default=EffectStatus.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(default=now)
    last_error: Mapped[str | None]
    dedupe_key: Mapped[str | None]
    done_at: Mapped[datetime | None]


class Effect(EffectColumns, TenantTable):
    """Something that has to happen outside because of a change in a municipality: a message, an event."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("tenant_id", "dedupe_key", name="uq_outbox_dedupe_key"),
        CheckConstraint("status IN ('pending', 'done', 'failed')", name="status"),
        Index("ix_outbox_status", "tenant_id", "status", "next_attempt_at"),
    )


class PlatformEffect(EffectColumns, GlobalTable):
    """The same for the hub, which belongs to no municipality: invitations, password resets, decisions on
    claims.
    """

    __tablename__ = "platform_outbox"
    __table_args__ = (
        UniqueConstraint("dedupe_key", name="uq_platform_outbox_dedupe_key"),
        CheckConstraint("status IN ('pending', 'done', 'failed')", name="status"),
        Index("ix_platform_outbox_status", "status", "next_attempt_at"),
    )


class Wakeup(LocalTable):
    """When a worker has to look into which municipality; ids only, so that it needs no wall (ADR 0001).

    `effect_id` is set for an effect of the outbox; without it the wake-up is for the handler of `kind`. A
    `tenant_id` of NULL means the hub.
    """

    __tablename__ = "wakeups"
    __table_args__ = (
        Index("ix_wakeups_due_at", "due_at", "id"),
        Index("ix_wakeups_effect_id", "effect_id"),
        Index(
            "uq_wakeups_moment",
            "tenant_id",
            "kind",
            "due_at",
            unique=True,
            postgresql_where=text("effect_id IS NULL"),
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-1)
    tenant_id: Mapped[UUID | None]
    kind: Mapped[str]
    due_at: Mapped[datetime]
    effect_id: Mapped[UUID | None]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")


class PeriodicRun(LocalTable):
    """When a periodic function last ran, so that several workers share the work."""

    __tablename__ = "periodic_runs"

    name: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
