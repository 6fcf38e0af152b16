"""Offers of apps to other publishers, and what became of them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from lumbung.db import GlobalTable


class AppTransfer(GlobalTable):
    """An app that its publisher offers to another one; accepted ones tell whose the app was before `decided_at`."""

    __tablename__ = "app_transfers"
    __table_args__ = (
        Index("uq_app_transfers_open", "app_id", unique=True, postgresql_where=text("status = 'offered'")),
        Index("ix_app_transfers_app_id", "app_id", "status", "decided_at"),
        CheckConstraint("status IN ('offered', 'accepted', 'declined', 'withdrawn')", name="status"),
        CheckConstraint("(status = 'offered') = (decided_at IS NULL)", name="decided_at"),
        CheckConstraint("from_publisher_id <> to_publisher_id", name="publishers"),
    )

    app_id: Mapped[UUID] = mapped_column(ForeignKey("apps.id"))
    from_publisher_id: Mapped[UUID] = mapped_column(ForeignKey("publishers.id"))
    to_publisher_id: Mapped[UUID] = mapped_column(ForeignKey("publishers.id"))
    status: Mapped[str] = mapped_column(default="offered")
    message: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    offered_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime | None]
