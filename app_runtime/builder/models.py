"""Packages that somebody is writing in the browser."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from lumbung.db import GlobalTable


class PackageDraft(GlobalTable):
    """The one package that a person writes for a publisher: the texts of its files by path."""

    __tablename__ = "package_drafts"
    __table_args__ = (UniqueConstraint("publisher_id", "account_id", name="uq_package_drafts_publisher_id_account_id"),)

    publisher_id: Mapped[UUID] = mapped_column(ForeignKey("publishers.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    files: Mapped[dict[str, str]] = mapped_column(JSONB)
    updated_at: Mapped[datetime]
