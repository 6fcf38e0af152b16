"""Records of all apps in one table, their history, clocks and counters."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Computed,
    Float,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from lumbung.db import TenantTable

DUE_OR_NEVER = "COALESCE(due_at, '9999-01-01 00:00:00+00'::timestamp with time zone)"
"""What the inbox is in the order of: the deadline, and last what has none. An index is used for this very text only."""
CLOSED_OR_MADE = "COALESCE(closed_at, created_at)"
"""What closed records are in the order of."""


class Record(TenantTable):
    """Anything an app keeps. Typed columns are what every screen sorts and filters by; `data` holds the app's own
    fields by id, `private` those marked private, so that a public reader never even selects them.

    `due_at` is the earliest due time of a running clock; `overdue` says that a clock was breached and not yet met.
    `parent_id` is the record that this one is a child of, `root_id` the first of its ancestors; `shared_with` are the
    ids of the agencies that hold a child of it, at any depth.
    `published` is the definition's expression as of the last write. `tracking_digest` finds a record by its code.
    """

    __tablename__ = "records"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "installation_id"],
            ["installations.tenant_id", "installations.id"],
            name="fk_records_installation",
        ),
        ForeignKeyConstraint(
            ["tenant_id", "definition_digest"],
            ["definitions.tenant_id", "definitions.digest"],
            name="fk_records_definition",
        ),
        ForeignKeyConstraint(
            ["tenant_id", "agency_id"], ["agencies.tenant_id", "agencies.id"], name="fk_records_agency"
        ),
        ForeignKeyConstraint(
            ["tenant_id", "assignee_id"],
            ["memberships.tenant_id", "memberships.id"],
            name="fk_records_assignee",
        ),
        ForeignKeyConstraint(["tenant_id", "parent_id"], ["records.tenant_id", "records.id"], name="fk_records_parent"),
        UniqueConstraint("tenant_id", "installation_id", "record_type", "number", name="uq_records_number"),
        UniqueConstraint("tenant_id", "tracking_digest", name="uq_records_tracking_digest"),
        Index("ix_records_state", "tenant_id", "installation_id", "record_type", "state", "created_at"),
        Index(
            "ix_records_published",
            "tenant_id",
            "installation_id",
            "record_type",
            "created_at",
            "id",
            postgresql_where="published AND hidden_at IS NULL",
        ),
        Index("ix_records_agency_open", "tenant_id", "agency_id", "due_at", "id", postgresql_where="open"),
        Index(
            "ix_records_due",
            "tenant_id",
            text(DUE_OR_NEVER),
            "id",
            postgresql_where="open",
        ),
        Index(
            "ix_records_place",
            "tenant_id",
            "installation_id",
            "record_type",
            "place_lat",
            "place_lon",
            postgresql_where="place_lat IS NOT NULL",
        ),
        Index(
            "ix_records_map",
            "tenant_id",
            "installation_id",
            "record_type",
            "open",
            "created_at",
            "id",
            postgresql_where="published AND hidden_at IS NULL AND place_lon IS NOT NULL",
        ),
        Index("ix_records_made_by", "tenant_id", "created_by", "created_at", postgresql_where="created_by IS NOT NULL"),
        Index("ix_records_parent", "tenant_id", "parent_id", "created_at", postgresql_where="parent_id IS NOT NULL"),
        Index("ix_records_newest", "tenant_id", "created_at", "id"),
        Index("ix_records_closed", "tenant_id", text(CLOSED_OR_MADE), "id", postgresql_where="NOT open"),
        Index("ix_records_search", "search", postgresql_using="gin"),
    )

    installation_id: Mapped[UUID]
    definition_digest: Mapped[str]
    record_type: Mapped[str]
    number: Mapped[str | None]
    title: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="")
    open: Mapped[bool] = mapped_column(default=True)
    overdue: Mapped[bool] = mapped_column(default=False)
    published: Mapped[bool] = mapped_column(default=False)
    checked: Mapped[bool] = mapped_column(default=False)
    hidden_at: Mapped[datetime | None]
    hidden_reason: Mapped[str | None]
    agency_id: Mapped[UUID | None]
    agency_assigned: Mapped[bool] = mapped_column(default=False)
    assignee_id: Mapped[UUID | None]
    place_lon: Mapped[float | None] = mapped_column(Float)
    place_lat: Mapped[float | None] = mapped_column(Float)
    due_at: Mapped[datetime | None]
    data: Mapped[dict[str, Any]]
    private: Mapped[dict[str, Any]]
    search_text: Mapped[str] = mapped_column(default="")
    search: Mapped[Any] = mapped_column(
        TSVECTOR, Computed("to_tsvector('indonesian'::regconfig, search_text)", persisted=True), deferred=True
    )
    tracking_digest: Mapped[str | None]
    created_by: Mapped[UUID | None]
    parent_id: Mapped[UUID | None]
    root_id: Mapped[UUID | None]
    shared_with: Mapped[list[str] | None]
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        # The words to search by are the database's alone: nobody wants them back when a record is stored.
        return {"eager_defaults": False}


class RecordHistory(TenantTable):
    """One row per change, in order of `sequence`; pinned to the definition that explains it. Never changed."""

    __tablename__ = "record_history"
    __append_only__ = True
    __table_args__ = (
        UniqueConstraint("tenant_id", "record_id", "sequence", name="uq_record_history_sequence"),
        ForeignKeyConstraint(
            ["tenant_id", "record_id"], ["records.tenant_id", "records.id"], name="fk_record_history_record"
        ),
        Index("ix_record_history_created_at", "tenant_id", "created_at"),
    )

    record_id: Mapped[UUID]
    sequence: Mapped[int]
    kind: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    from_state: Mapped[str | None]
    to_state: Mapped[str | None]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str] = mapped_column(default="")
    changes: Mapped[dict[str, Any]]
    public: Mapped[bool] = mapped_column(default=False)
    definition_digest: Mapped[str]


class RecordHistoryPrivate(TenantTable):
    """Personal values of a history row, kept apart so that erasure can empty them (ADR 0009)."""

    __tablename__ = "record_history_private"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "history_id"],
            ["record_history.tenant_id", "record_history.id"],
            name="fk_record_history_private_history",
        ),
        Index("ix_record_history_private_history", "tenant_id", "history_id"),
    )

    history_id: Mapped[UUID]
    values: Mapped[dict[str, Any] | None] = mapped_column(JSONB)


class RecordClock(TenantTable):
    """A clock of a record. `next_at` is when the clock sweep must look again: warning, breach or next rung.

    `pauses` are the earlier ones, each with its two moments; a clock that runs has no `paused_at`.
    """

    __tablename__ = "record_clocks"
    __table_args__ = (
        UniqueConstraint("tenant_id", "record_id", "clock", "round", name="uq_record_clocks_round"),
        ForeignKeyConstraint(
            ["tenant_id", "record_id"], ["records.tenant_id", "records.id"], name="fk_record_clocks_record"
        ),
        CheckConstraint(
            "state IN ('running', 'paused', 'warned', 'breached', 'met', 'met_late', 'ended')", name="state"
        ),
        Index("ix_record_clocks_next_at", "tenant_id", "next_at", postgresql_where="next_at IS NOT NULL"),
    )

    record_id: Mapped[UUID]
    clock: Mapped[str]
    round: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(default="running")
    span: Mapped[str]
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    warn_at: Mapped[datetime | None]
    pauses: Mapped[list[Any]]
    paused_at: Mapped[datetime | None]
    met_at: Mapped[datetime | None]
    warned_at: Mapped[datetime | None]
    breached_at: Mapped[datetime | None]
    rungs_done: Mapped[list[str]]
    next_at: Mapped[datetime | None]


class Counter(TenantTable):
    """The last number given in a sequence; raised in the record's own transaction, so there are no gaps."""

    __tablename__ = "counters"
    __table_args__ = (UniqueConstraint("tenant_id", "name", name="uq_counters_tenant_id_name"),)

    name: Mapped[str]
    value: Mapped[int]


class RecordFile(TenantTable):
    """A file in a field of a record. `blurred_file_id` is shown to the public in place of the original."""

    __tablename__ = "record_files"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "record_id"], ["records.tenant_id", "records.id"], name="fk_record_files_record"
        ),
        ForeignKeyConstraint(["tenant_id", "file_id"], ["files.tenant_id", "files.id"], name="fk_record_files_file"),
        Index("ix_record_files_record", "tenant_id", "record_id", "field", "position"),
    )

    record_id: Mapped[UUID]
    field: Mapped[str]
    position: Mapped[int]
    file_id: Mapped[UUID]
    thumbnail_id: Mapped[UUID | None]
    blurred_file_id: Mapped[UUID | None]
    hidden_at: Mapped[datetime | None]
