"""Evaluations: drafts inside the municipality, the submitted one in public by consent; monthly figures."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Float, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lumbung.db import SharedTable, TenantTable


class Evaluation(TenantTable):
    """A draft, frozen at submission. `scores` holds for each criterion `{"score": 1..5, "reason": text}`.

    `rubric` is what was asked (None: the standing rubric), `campaign_id` names the campaign that asked, None the yearly
    evaluation. `public` says after submission whether everybody may read it.
    """

    __tablename__ = "evaluations"
    __table_args__ = (
        UniqueConstraint(
            "tenant_id",
            "installation_id",
            "period_start",
            "period_end",
            "campaign_id",
            name="uq_evaluations_period",
            postgresql_nulls_not_distinct=True,
        ),
        ForeignKeyConstraint(
            ["tenant_id", "installation_id"],
            ["installations.tenant_id", "installations.id"],
            name="fk_evaluations_installation",
        ),
        CheckConstraint("status IN ('draft', 'submitted')", name="status"),
        CheckConstraint("period_end >= period_start", name="period"),
    )

    installation_id: Mapped[UUID]
    app_id: Mapped[UUID] = mapped_column(ForeignKey("apps.id"))
    version: Mapped[str]
    campaign_id: Mapped[UUID | None]
    rubric: Mapped[dict[str, Any] | None]
    public: Mapped[bool] = mapped_column(default=True, server_default="true")
    period_start: Mapped[date]
    period_end: Mapped[date]
    scores: Mapped[dict[str, Any]]
    summary: Mapped[str] = mapped_column(default="")
    should_change: Mapped[str] = mapped_column(default="")
    facts: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(default="draft")
    author_id: Mapped[UUID]
    author: Mapped[str]
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]


class HandedIn:
    """What of an evaluation is frozen when it is handed in: columns of every copy, whose id is the evaluation's.

    Facts are there only by consent. `mean_score` weighs the scores by the rubric.
    """

    app_id: Mapped[UUID] = mapped_column(ForeignKey("apps.id"))
    version: Mapped[str]
    municipality_name: Mapped[str]
    author: Mapped[str]
    period_start: Mapped[date]
    period_end: Mapped[date]
    scores: Mapped[dict[str, Any]]
    mean_score: Mapped[float] = mapped_column(Float)
    summary: Mapped[str]
    should_change: Mapped[str]
    facts: Mapped[dict[str, Any] | None]
    digest: Mapped[str]
    submitted_at: Mapped[datetime]


class SubmittedEvaluation(HandedIn, SharedTable):
    """The frozen, public copy; evidence is shown only where `evidence_public` says so."""

    __tablename__ = "submitted_evaluations"
    __append_only__ = True
    __table_args__ = (
        UniqueConstraint(
            "tenant_id",
            "app_id",
            "period_start",
            "period_end",
            "campaign_id",
            name="uq_submitted_evaluations_period",
            postgresql_nulls_not_distinct=True,
        ),
    )

    campaign_id: Mapped[UUID | None]
    rubric: Mapped[dict[str, Any] | None]
    evidence_public: Mapped[bool] = mapped_column(default=False, server_default="false")
