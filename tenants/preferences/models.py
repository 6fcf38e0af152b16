"""What people chose about messages, when nobody is disturbed, and browsers that are notified."""

from __future__ import annotations

from datetime import datetime, time
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lumbung.db import TenantTable


class MessageChoice(TenantTable):
    """Whether a person wants one kind of message by one channel; without a row the default holds."""

    __tablename__ = "message_choices"
    __table_args__ = (
        UniqueConstraint("tenant_id", "account_id", "kind", "channel", name="uq_message_choices_account_kind_channel"),
        CheckConstraint("channel IN ('email', 'push')", name="channel"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    kind: Mapped[str]
    channel: Mapped[str]
    wanted: Mapped[bool]


class QuietHours(TenantTable):
    """When nobody is disturbed, in local time: the municipality's own hours (no account), or a person's.

    From `begins` until just before `ends`, over midnight when `ends` is earlier; not at all unless `enabled`. With
    `working_days` reminders wait for a working day.
    """

    __tablename__ = "quiet_hours"
    __table_args__ = (
        Index("uq_quiet_hours_account", "tenant_id", "account_id", unique=True, postgresql_nulls_not_distinct=True),
        CheckConstraint("begins <> ends", name="some"),
    )

    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    enabled: Mapped[bool]
    begins: Mapped[time]
    ends: Mapped[time]
    working_days: Mapped[bool]


class PushDevice(TenantTable):
    """A browser that takes notifications of this municipality. `account_id` is whose it is, if anybody signed in, and
    `session_id` the browser's session on the hub in which they did; it refers to nothing once that is forgotten.

    `endpoint`, `p256dh` and `auth` are the subscription (RFC 8030, 8291), made for the platform's key `key`.
    """

    __tablename__ = "push_devices"
    __table_args__ = (
        UniqueConstraint("tenant_id", "endpoint_digest", name="uq_push_devices_endpoint"),
        Index("ix_push_devices_account", "tenant_id", "account_id"),
    )

    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    session_id: Mapped[UUID | None]
    endpoint: Mapped[str]
    endpoint_digest: Mapped[str]
    p256dh: Mapped[str]
    auth: Mapped[str]
    key: Mapped[str]
    name: Mapped[str]
    last_used_at: Mapped[datetime]
