"""Figures of installations by month: the municipality's own, and what it has published of them (ADR 0036)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lumbung.db import SharedTable, TenantTable


class MonthlyFigures(TenantTable):
    """What happened in one month (its first day, by the municipality's zone) of one version and record type.

    The row with neither (`version` and `record_type` empty) is the month's whole: people, agencies and medians do not
    add up. Times are in whole seconds since the record was made. `due` counts deadlines that were decided, `in_time`
    those of them that were kept. `answered` is about the first clock of the record type, in its first round.
    `rating_sum` is in hundredths of a point on the scale of five.
    `frozen` rows are never written again: they stay when records and personal data go.
    """

    __tablename__ = "monthly_figures"
    __table_args__ = (
        UniqueConstraint(
            "tenant_id", "installation_id", "month", "version", "record_type", name="uq_monthly_figures_month"
        ),
        ForeignKeyConstraint(
            ["tenant_id", "installation_id"],
            ["installations.tenant_id", "installations.id"],
            name="fk_monthly_figures_installation",
        ),
    )

    installation_id: Mapped[UUID]
    month: Mapped[date]
    version: Mapped[str]
    record_type: Mapped[str]
    created: Mapped[int]
    closed: Mapped[int]
    closed_success: Mapped[int]
    reopened: Mapped[int]
    answered: Mapped[int]
    answered_in_time: Mapped[int]
    answer_seconds: Mapped[int]
    answer_median: Mapped[int | None]
    close_seconds: Mapped[int]
    close_median: Mapped[int | None]
    due: Mapped[int]
    in_time: Mapped[int]
    rated: Mapped[int]
    rating_sum: Mapped[int]
    people: Mapped[int]
    agencies: Mapped[int]
    frozen: Mapped[bool]

    @property
    def rating_mean(self) -> float | None:
        """The mean rating on the scale of five, None without ratings."""
        return round(self.rating_sum / self.rated / 100, 2) if self.rated else None


class FrozenFigures(TenantTable):
    """Up to where an installation's months are frozen: those before `before`, counted from history rows whose id is
    smaller than `watermark` (ids are in the order of time). What comes later counts in the month `before`."""

    __tablename__ = "frozen_figures"
    __table_args__ = (
        UniqueConstraint("tenant_id", "installation_id", name="uq_frozen_figures_installation"),
        ForeignKeyConstraint(
            ["tenant_id", "installation_id"],
            ["installations.tenant_id", "installations.id"],
            name="fk_frozen_figures_installation",
        ),
    )

    installation_id: Mapped[UUID]
    before: Mapped[date | None]
    watermark: Mapped[UUID | None]


class PublishedFigures(SharedTable):
    """What a municipality lets everybody know of its monthly figures; deleted when it takes its consent back.

    None stands for what is withheld because it could point to a person (`app_catalog.figures.publishing`). `final` is
    false for months that may still change.
    """

    __tablename__ = "published_figures"
    __table_args__ = (
        UniqueConstraint("tenant_id", "app_id", "month", "version", "record_type", name="uq_published_figures_month"),
        Index("ix_published_figures_app", "app_id", "month"),
    )

    app_id: Mapped[UUID] = mapped_column(ForeignKey("apps.id"))
    municipality_name: Mapped[str]
    month: Mapped[date]
    version: Mapped[str]
    record_type: Mapped[str]
    created: Mapped[int]
    closed: Mapped[int]
    closed_success: Mapped[int]
    reopened: Mapped[int]
    answered: Mapped[int]
    answered_in_time: Mapped[int]
    answer_median: Mapped[int | None]
    close_median: Mapped[int | None]
    due: Mapped[int]
    in_time: Mapped[int]
    rated: Mapped[int | None]
    rating_mean: Mapped[float | None]
    people: Mapped[int | None]
    agencies: Mapped[int | None]
    final: Mapped[bool]
    published_at: Mapped[datetime]
