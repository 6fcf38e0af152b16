"""Which version runs somewhere, without saying where."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from lumbung.db import GlobalTable


class RunningVersion(GlobalTable):
    """One enabled installation, which only its own municipality can tell to be its own: `place` is a keyed digest.

    A publisher reads how many there are, not whose (ADR 0038). What is said by name is in `adoptions`, by consent. It
    is reckoned anew from the installations every day, and no backup carries it. `refused_why` holds codes of what kept
    the update policy from `refused_release_id`, with ids of the package and never a value.
    """

    __tablename__ = "running_versions"
    __table_args__ = (
        UniqueConstraint("place", name="uq_running_versions_place"),
        Index("ix_running_versions_app_id", "app_id", "release_id"),
        CheckConstraint("how IN ('enabled', 'by_hand', 'automatic', 'went_back')", name="how"),
    )

    place: Mapped[str]
    app_id: Mapped[UUID] = mapped_column(ForeignKey("apps.id"))
    release_id: Mapped[UUID] = mapped_column(ForeignKey("releases.id"))
    since: Mapped[datetime]
    how: Mapped[str]
    refused_release_id: Mapped[UUID | None] = mapped_column(ForeignKey("releases.id"))
    refused_why: Mapped[list[str]] = mapped_column(JSONB, default=list)
