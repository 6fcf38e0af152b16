"""What is supported until a day, and what takes its place."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from lumbung.db import GlobalTable


class Deprecation(GlobalTable):
    """A release, or without `release_id` a whole app, is supported until the end of a day in Jakarta and not longer.

    `mapping` says by type of record what takes the place of states and fields in the succeeding version. It holds until
    it is withdrawn; at most one of each release and of each app does.
    """

    __tablename__ = "deprecations"
    __table_args__ = (
        Index(
            "uq_deprecations_open",
            "app_id",
            "release_id",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("num_nonnulls(successor_release_id, successor_app_id) <= 1", name="successor"),
        CheckConstraint("release_id IS NOT NULL OR successor_release_id IS NULL", name="successor_of_app"),
    )

    app_id: Mapped[UUID] = mapped_column(ForeignKey("apps.id"))
    release_id: Mapped[UUID | None] = mapped_column(ForeignKey("releases.id"))
    reason: Mapped[str]
    supported_until: Mapped[date]
    successor_release_id: Mapped[UUID | None] = mapped_column(ForeignKey("releases.id"))
    successor_app_id: Mapped[UUID | None] = mapped_column(ForeignKey("apps.id"))
    mapping: Mapped[dict[str, Any]] = mapped_column(JSONB)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    reminded_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
