"""Moves of records from one definition to another, and what each record was before."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from lumbung.db import TenantTable


class MoveStatus(StrEnum):
    """How far a move has come. `undone` may still have records that could not be taken back; they are listed."""

    RUNNING = "running"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"
    FAILED = "failed"


class RecordMove(TenantTable):
    """A chosen set of records that goes from one definition to another by a mapping, as a job.

    `selection` holds the chosen `states` and, when single records were chosen, their `ids`. `mapping` is that of
    `app_runtime.upgrades.mapping`. `cursor` is the last record looked at.
    """

    __tablename__ = "record_moves"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "installation_id"],
            ["installations.tenant_id", "installations.id"],
            name="fk_record_moves_installation",
        ),
        ForeignKeyConstraint(
            ["tenant_id", "from_digest"],
            ["definitions.tenant_id", "definitions.digest"],
            name="fk_record_moves_from",
        ),
        ForeignKeyConstraint(
            ["tenant_id", "to_digest"], ["definitions.tenant_id", "definitions.digest"], name="fk_record_moves_to"
        ),
        CheckConstraint("status IN ('running', 'done', 'undoing', 'undone', 'failed')", name="status"),
        CheckConstraint("from_digest <> to_digest", name="elsewhere"),
        Index("ix_record_moves_installation", "tenant_id", "installation_id", "created_at"),
    )

    installation_id: Mapped[UUID]
    record_type: Mapped[str]
    from_digest: Mapped[str]
    to_digest: Mapped[str]
    from_version: Mapped[str]
    to_version: Mapped[str]
    selection: Mapped[dict[str, Any]] = mapped_column(JSONB)
    mapping: Mapped[dict[str, Any]] = mapped_column(JSONB)
    status: Mapped[str] = mapped_column(default=MoveStatus.RUNNING)
    run: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    moved: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    undone: Mapped[int] = mapped_column(default=0)
    cursor: Mapped[UUID | None]
    problem: Mapped[str | None]
    account_id: Mapped[UUID | None]
    actor_name: Mapped[str] = mapped_column(default="")
    finished_at: Mapped[datetime | None]


class MovedRecord(TenantTable):
    """What became of one record of a move. `before` and `after` are the record as it was right before and right after
    (state, fields, owner, clocks); personal values stand apart in `private`, which erasure may empty.

    `problems` says by field why a record was not moved, or not taken back.
    """

    __tablename__ = "moved_records"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "move_id"], ["record_moves.tenant_id", "record_moves.id"], name="fk_moved_records_move"
        ),
        ForeignKeyConstraint(
            ["tenant_id", "record_id"], ["records.tenant_id", "records.id"], name="fk_moved_records_record"
        ),
        UniqueConstraint("tenant_id", "move_id", "record_id", name="uq_moved_records_record"),
        CheckConstraint("outcome IN ('moved', 'refused', 'undone', 'kept')", name="outcome"),
        Index("ix_moved_records_record", "tenant_id", "record_id"),
    )

    move_id: Mapped[UUID]
    record_id: Mapped[UUID]
    outcome: Mapped[str]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    private: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    version_after: Mapped[int | None]
    problems: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    undone_at: Mapped[datetime | None]
