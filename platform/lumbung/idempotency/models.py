"""What has been submitted already."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from lumbung.db.base import TenantTable


class Submission(TenantTable):
    """One submission of a form or a call of the API under a key that its sender chose.

    `result` refers to what came of it (ids and numbers only); it is empty only inside the transaction that
    makes it.
    """

    __tablename__ = "submissions"
    __table_args__ = (
        UniqueConstraint("tenant_id", "scope", "key", name="uq_submissions_scope_key"),
        Index("ix_submissions_created_at", "tenant_id", "created_at"),
    )

    scope: Mapped[str]
    key: Mapped[str]
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
