"""What is known about a stored file."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lumbung.db.base import TenantTable


class FileKind(StrEnum):
    """What a file is for; decides nothing about who may read it."""

    PHOTO = "photo"
    THUMBNAIL = "thumbnail"
    DOCUMENT = "document"
    SEAL = "seal"
    EVIDENCE = "evidence"


class StoredFile(TenantTable):
    """One file of a municipality; its bytes lie under `key`, which is `<tenant>/<id>` (ADR 0016).

    `size` is in bytes, `width` and `height` in pixels. `public` means that anyone who has the address may
    read it; `hidden` that officials took it out of sight. Who else may read it is decided by the feature
    that it is attached to.
    """

    __tablename__ = "files"
    __table_args__ = (
        UniqueConstraint("tenant_id", "key", name="uq_files_key"),
        ForeignKeyConstraint(
            ["tenant_id", "thumbnail_id"], ["files.tenant_id", "files.id"], name="fk_files_thumbnail_id"
        ),
        CheckConstraint("size >= 0", name="size"),
        CheckConstraint("kind IN ('photo', 'thumbnail', 'document', 'seal', 'evidence')", name="kind"),
        CheckConstraint("(subject_type IS NULL) = (subject_id IS NULL)", name="subject"),
        Index("ix_files_subject", "tenant_id", "subject_type", "subject_id"),
        Index("ix_files_thumbnail_id", "tenant_id", "thumbnail_id"),
    )

    key: Mapped[str]
    name: Mapped[str]
    content_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    kind: Mapped[str]
    width: Mapped[int | None]
    height: Mapped[int | None]
    thumbnail_id: Mapped[UUID | None]
    uploaded_by: Mapped[UUID | None]
    subject_type: Mapped[str | None]
    subject_id: Mapped[str | None]
    public: Mapped[bool] = mapped_column(default=False)
    hidden: Mapped[bool] = mapped_column(default=False)
