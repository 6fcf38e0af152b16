"""What is known of every document that was made."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lumbung.db import TenantTable


class IssuedDocument(TenantTable):
    """A PDF that was made of a record, as it was then. `history_id` is the note that asked for it: one document each.

    `code` is printed on it and opens the page that verifies it; it opens nothing else. `sha256` are the digits of its
    bytes, which are gone (`file_id` is None) once the record's personal data were erased. `automation` says, in the
    record's definition, as long as what it is good.
    """

    __tablename__ = "issued_documents"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "record_id"], ["records.tenant_id", "records.id"], name="fk_issued_documents_record"
        ),
        ForeignKeyConstraint(
            ["tenant_id", "history_id"],
            ["record_history.tenant_id", "record_history.id"],
            name="fk_issued_documents_history",
        ),
        ForeignKeyConstraint(
            ["tenant_id", "file_id"], ["files.tenant_id", "files.id"], name="fk_issued_documents_file"
        ),
        UniqueConstraint("tenant_id", "code", name="uq_issued_documents_code"),
        UniqueConstraint("tenant_id", "history_id", name="uq_issued_documents_history"),
        Index("ix_issued_documents_record", "tenant_id", "record_id", "automation", "issued_at"),
        Index("ix_issued_documents_file", "tenant_id", "file_id"),
    )

    record_id: Mapped[UUID]
    history_id: Mapped[UUID]
    file_id: Mapped[UUID | None]
    automation: Mapped[str]
    document: Mapped[str]
    name: Mapped[str]
    code: Mapped[str]
    number: Mapped[str] = mapped_column(default="")
    agency_name: Mapped[str] = mapped_column(default="")
    signer_name: Mapped[str] = mapped_column(default="")
    signer_position: Mapped[str] = mapped_column(default="")
    sha256: Mapped[str]
    issued_at: Mapped[datetime]
