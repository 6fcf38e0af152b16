"""Messages to people."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from lumbung.db.base import GlobalTable, TenantTable


class MessageStatus(StrEnum):
    """What became of a message; `no_channel` means that it was never promised to anybody."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    NO_CHANNEL = "no_channel"


_STATUS_CHECK = "status IN ('queued', 'sent', 'failed', 'no_channel')"


class MessageColumns:
    """What every message holds; the only place where its address stands.

    `message_id` is the Message-ID of RFC 5322, the same for every attempt. Texts of a `secret` message (a
    link that signs somebody in) are encrypted and erased once it is sent. `calendar` is an invitation (RFC 5545) that
    goes along as a file.
    """

    channel: Mapped[str]
    sender_name: Mapped[str | None]
    recipient: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str | None]
    calendar: Mapped[str | None]
    secret: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(default=MessageStatus.QUEUED)
    message_id: Mapped[str]
    subject_type: Mapped[str | None]
    subject_id: Mapped[str | None]
    last_error: Mapped[str | None]
    sent_at: Mapped[datetime | None]


class Message(MessageColumns, TenantTable):
    """A message that a municipality sends.

    With `waits_until` it waits for the end of quiet hours; `bundle_id` is the message that then carried it, together
    with others. `topic` is under which its e-mails can be stopped, `language` what it is written in. `grounds` are why
    its recipient is told, separated by spaces (`Manner`). To a browser (`channel` is `push`) `recipient` is the
    device's id, and `text` what the browser gets.
    """

    __tablename__ = "messages"
    __table_args__ = (
        CheckConstraint(_STATUS_CHECK, name="status"),
        Index("ix_messages_subject", "tenant_id", "subject_type", "subject_id"),
        Index("ix_messages_waiting", "tenant_id", "waits_until", postgresql_where=text("waits_until IS NOT NULL")),
        Index("ix_messages_bundle", "tenant_id", "bundle_id", postgresql_where=text("bundle_id IS NOT NULL")),
    )

    language: Mapped[str] = mapped_column(default="id", server_default="id")
    topic: Mapped[str | None]
    waits_until: Mapped[datetime | None]
    bundle_id: Mapped[UUID | None]
    grounds: Mapped[str | None]


class PlatformMessage(MessageColumns, GlobalTable):
    """A message that the hub sends: invitations, password resets, decisions on claims."""

    __tablename__ = "platform_messages"
    __table_args__ = (
        CheckConstraint(_STATUS_CHECK, name="status"),
        Index("ix_platform_messages_subject", "subject_type", "subject_id"),
    )
