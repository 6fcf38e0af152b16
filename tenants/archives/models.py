"""Archives that municipalities asked for."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from lumbung.db import TenantTable


class ArchiveStatus(StrEnum):
    """How far an archive has come; `gone` once its file was deleted."""

    WAITING = "waiting"
    MAKING = "making"
    READY = "ready"
    FAILED = "failed"
    GONE = "gone"


class RequestedArchive(TenantTable):
    """One archive of all that the municipality has here, made by the worker and kept for a week.

    `progress` is in percent. `sealed_passphrase` is encrypted and erased when the archive is made.
    """

    __tablename__ = "requested_archives"
    __table_args__ = (
        CheckConstraint("status IN ('waiting', 'making', 'ready', 'failed', 'gone')", name="status"),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
        # Two administrators who ask at once get one archive.
        Index(
            "uq_requested_archives_under_way",
            "tenant_id",
            unique=True,
            postgresql_where="status IN ('waiting', 'making')",
        ),
    )

    account_id: Mapped[UUID]
    actor_name: Mapped[str]
    status: Mapped[str] = mapped_column(default=ArchiveStatus.WAITING)
    progress: Mapped[int] = mapped_column(default=0)
    with_secrets: Mapped[bool] = mapped_column(default=False)
    sealed_passphrase: Mapped[str | None]
    rows: Mapped[int | None]
    files: Mapped[int | None]
    size: Mapped[int | None]
    ready_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
