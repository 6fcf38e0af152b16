"""Answers to the question how satisfied somebody is."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from lumbung.db import TenantTable


class SatisfactionAnswer(TenantTable):
    """The answer to one closing of a record: `score` from 1 to `scale`.

    `closing` is the sequence of the closing in the record's history, so that a record that is reopened and closed again
    has another answer. The row is made with the first answer (`answered_at`), and its id with it: figures count it
    where that falls, also when the score is changed later. `words` are the person's own; erasure empties them and
    leaves the score (ADR 0040). `definition_digest` is that of the closing.
    """

    __tablename__ = "satisfaction_answers"
    __table_args__ = (
        UniqueConstraint("tenant_id", "record_id", "closing", name="uq_satisfaction_answers_closing"),
        ForeignKeyConstraint(
            ["tenant_id", "record_id"], ["records.tenant_id", "records.id"], name="fk_satisfaction_answers_record"
        ),
        CheckConstraint("score BETWEEN 1 AND scale", name="score"),
        Index("ix_satisfaction_answers_answered_at", "tenant_id", "answered_at"),
    )

    record_id: Mapped[UUID]
    closing: Mapped[int]
    definition_digest: Mapped[str]
    score: Mapped[int]
    scale: Mapped[int]
    words: Mapped[str | None]
    answered_at: Mapped[datetime]
    changed_at: Mapped[datetime]
