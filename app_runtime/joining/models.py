"""Who joined a record."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lumbung.db import TenantTable


class RecordJoin(TenantTable):
    """Somebody for whom a record is true as well.

    `person` is a keyed digest of the account or the browser for this record alone, so that nobody joins twice and no
    two rows tell that they are of one person. `sealed` holds an address to write to and the code that leaves again,
    `leave_digest` finds the row by that code. `sealed_person` tells whom the digest is of once a duplicate is merged
    into another record, so that each person counts once there too. All four are emptied when the record's personal data
    are erased; the row still counts.
    """

    __tablename__ = "record_joins"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "record_id"], ["records.tenant_id", "records.id"], name="fk_record_joins_record"
        ),
        UniqueConstraint("tenant_id", "record_id", "person", name="uq_record_joins_person"),
        UniqueConstraint("tenant_id", "leave_digest", name="uq_record_joins_leave_digest"),
    )

    record_id: Mapped[UUID]
    person: Mapped[str | None]
    sealed: Mapped[str | None]
    sealed_person: Mapped[str | None]
    leave_digest: Mapped[str | None]
    language: Mapped[str] = mapped_column(default="id")
