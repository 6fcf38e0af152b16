"""The values that records are looked up by."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lumbung.db import TenantTable


class IndexEntry(TenantTable):
    """One value of one field of a record; the field's index is named `name` (`report.category`).

    A record without a value has an entry too, so that an order by the field holds all: the empty text, and a `number`
    below all others where the field is in the order of numbers. `made_at` is the record's own time of creation.
    """

    __tablename__ = "index_entries"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "record_id"], ["records.tenant_id", "records.id"], name="fk_index_entries_record"
        ),
        UniqueConstraint("tenant_id", "record_id", "name", "text", name="uq_index_entries_record_name_text"),
        Index("ix_index_entries_text", "tenant_id", "installation_id", "name", "text", "made_at", "record_id"),
        Index(
            "ix_index_entries_number",
            "tenant_id",
            "installation_id",
            "name",
            "number",
            "made_at",
            "record_id",
            postgresql_where="number IS NOT NULL",
        ),
    )

    installation_id: Mapped[UUID]
    record_id: Mapped[UUID]
    name: Mapped[str]
    text: Mapped[str]
    number: Mapped[Decimal | None] = mapped_column(Numeric)
    made_at: Mapped[datetime]
