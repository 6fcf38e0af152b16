"""Rubrics as curators wrote them, campaigns, and what municipalities hand in to them (ADR 0039)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app_catalog.evaluations.models import HandedIn
from lumbung.db import GlobalTable, SharedTable


class KeptRubric(GlobalTable):
    """One version of a rubric; a later one takes its place for new campaigns. `content` is `Rubric.as_json()`."""

    __tablename__ = "evaluation_rubrics"
    __append_only__ = True
    __table_args__ = (
        UniqueConstraint("slug", "version", name="uq_evaluation_rubrics_version"),
        CheckConstraint("version > 0", name="version"),
    )

    slug: Mapped[str]
    version: Mapped[int]
    category: Mapped[str]
    content: Mapped[dict[str, Any]]
    author: Mapped[str]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))


class Campaign(GlobalTable):
    """Municipalities are asked to judge the days from `period_start` to `period_end`, and answer from `opens_on` to
    `closes_on`; all days included.

    It is a publisher's (`publisher_id`) about one of its apps, or the curators', about one app (`app_id`), a category,
    or all apps (neither). `rubric` is frozen. `announced_at`, `reminded_at` and `closed_at` are set when that was done.
    `asked` is how many answers it hopes for: one for each app of each municipality that was told on the first day.
    """

    __tablename__ = "evaluation_campaigns"
    __table_args__ = (
        CheckConstraint("period_end >= period_start", name="period"),
        CheckConstraint("closes_on >= opens_on", name="days"),
        CheckConstraint("publisher_id IS NULL OR app_id IS NOT NULL", name="scope"),
        Index("ix_evaluation_campaigns_publisher", "publisher_id"),
        Index("ix_evaluation_campaigns_open", "closes_on", postgresql_where=text("closed_at IS NULL")),
    )

    title: Mapped[dict[str, Any]]
    publisher_id: Mapped[UUID | None] = mapped_column(ForeignKey("publishers.id"))
    app_id: Mapped[UUID | None] = mapped_column(ForeignKey("apps.id"))
    category: Mapped[str | None]
    rubric: Mapped[dict[str, Any]]
    period_start: Mapped[date]
    period_end: Mapped[date]
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    opener: Mapped[str]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    announced_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    asked: Mapped[int] = mapped_column(default=0, server_default="0")


class CampaignAnswer(HandedIn, SharedTable):
    """What a municipality handed in: read by whoever opened the campaign, the app's publisher and the curators alone.

    Its id is the evaluation's. What it shows to everybody is a `SubmittedEvaluation` beside it. `facts` are there only
    by consent. No foreign key leads to the campaign, because a municipality that moves takes its answer along and the
    campaign stays where it was opened.
    """

    __tablename__ = "campaign_answers"
    __append_only__ = True
    __table_args__ = (
        UniqueConstraint("tenant_id", "campaign_id", "app_id", name="uq_campaign_answers_app"),
        Index("ix_campaign_answers_campaign", "campaign_id"),
    )

    campaign_id: Mapped[UUID]
    public: Mapped[bool]
