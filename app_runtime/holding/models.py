"""In which groups a record counts: what figures, places and unique values are reckoned from."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lumbung.db import TenantTable


class RecordKey(TenantTable):
    """One record in the group `key` of a `rule` of its app (`capacity.seat`, `aggregates.line.spent`).

    A record that does not count has no row. `amount` is what is summed; `made_at` the record's own time of creation.
    Written in the record's transaction, under the lock of the group.
    """

    __tablename__ = "record_keys"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "record_id"], ["records.tenant_id", "records.id"], name="fk_record_keys_record"
        ),
        UniqueConstraint("tenant_id", "record_id", "rule", name="uq_record_keys_record_rule"),
        Index("ix_record_keys_group", "tenant_id", "installation_id", "rule", "key", "made_at", "record_id"),
        Index(
            "ix_record_keys_amount",
            "tenant_id",
            "installation_id",
            "rule",
            "amount",
            "record_id",
            postgresql_where="amount IS NOT NULL",
        ),
    )

    installation_id: Mapped[UUID]
    record_id: Mapped[UUID]
    rule: Mapped[str]
    key: Mapped[str]
    amount: Mapped[Decimal | None] = mapped_column(Numeric)
    made_at: Mapped[datetime]
