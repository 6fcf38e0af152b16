"""Imports of files and what became of each of their lines."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from lumbung.db import TenantTable


class ImportStatus(StrEnum):
    """How far an import is. Only a draft may still be mapped anew; paused and failed ones go on where they stopped."""

    DRAFT = "draft"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"


class LineOutcome(StrEnum):
    """What became of a line. `skipped`: it had been imported before."""

    IMPORTED = "imported"
    REFUSED = "refused"
    SKIPPED = "skipped"


class Import(TenantTable):
    """One file that is, or was, brought in as records of one type of an app.

    `file_id` is the file as it was sent, `staged_id` its lines as JSON; both are None once they were thrown away (30
    days after the end). `cursor` is where in the staged file the next line begins, in bytes: it moves in the
    transaction that stores the lines before it. `columns` describes the file's columns, `mapping` says what becomes of
    them. `run` rises with every start, so that a resumed import is not taken for the one before.
    """

    __tablename__ = "imports"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "installation_id"],
            ["installations.tenant_id", "installations.id"],
            name="fk_imports_installation",
        ),
        ForeignKeyConstraint(["tenant_id", "file_id"], ["files.tenant_id", "files.id"], name="fk_imports_file"),
        ForeignKeyConstraint(["tenant_id", "staged_id"], ["files.tenant_id", "files.id"], name="fk_imports_staged"),
        CheckConstraint("status IN ('draft', 'running', 'paused', 'done', 'failed')", name="status"),
        Index("ix_imports_created_at", "tenant_id", "created_at"),
        Index("ix_imports_file_id", "tenant_id", "file_id"),
        Index("ix_imports_staged_id", "tenant_id", "staged_id"),
    )

    installation_id: Mapped[UUID]
    record_type: Mapped[str]
    file_id: Mapped[UUID | None]
    staged_id: Mapped[UUID | None]
    file_name: Mapped[str]
    format: Mapped[str]
    status: Mapped[str] = mapped_column(default=ImportStatus.DRAFT.value)
    columns: Mapped[list[Any]]
    mapping: Mapped[dict[str, Any]]
    start_clocks: Mapped[bool] = mapped_column(default=False)
    send_messages: Mapped[bool] = mapped_column(default=False)
    total: Mapped[int]
    cursor: Mapped[int] = mapped_column(default=0)
    run: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    imported: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)
    warned: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str | None]
    account_id: Mapped[UUID | None]
    actor_name: Mapped[str] = mapped_column(default="")
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class ImportLine(TenantTable):
    """What became of one line of a file. `source_key` is set on the line that a record came from: the same source is
    never imported twice into one record type of an installation.

    `notes` are warnings, or the reasons of a refusal, as codes with values; `original` holds a refused line's columns
    until the import's files are thrown away.
    """

    __tablename__ = "import_lines"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "import_id"], ["imports.tenant_id", "imports.id"], name="fk_import_lines_import"
        ),
        ForeignKeyConstraint(
            ["tenant_id", "record_id"], ["records.tenant_id", "records.id"], name="fk_import_lines_record"
        ),
        UniqueConstraint("tenant_id", "import_id", "line", name="uq_import_lines_line"),
        UniqueConstraint(
            "tenant_id", "installation_id", "record_type", "source_key", name="uq_import_lines_source_key"
        ),
        CheckConstraint("outcome IN ('imported', 'refused', 'skipped')", name="outcome"),
        Index("ix_import_lines_record_id", "tenant_id", "record_id"),
    )

    import_id: Mapped[UUID]
    installation_id: Mapped[UUID]
    record_type: Mapped[str]
    line: Mapped[int]
    outcome: Mapped[str]
    source_key: Mapped[str | None]
    record_id: Mapped[UUID | None]
    notes: Mapped[list[Any]]
    original: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
