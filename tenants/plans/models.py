"""Programmes and their municipalities, exceptions, and what each municipality uses."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lumbung.db import GlobalTable, TenantTable


class Programme(GlobalTable):
    """An organisation pays for several municipalities; whether it runs says its agreement.

    `size` is how many it may hold; from `next_size_at` on `next_size`. Until `changed_until`, the end of a paid month,
    its size is not changed again. `late_since` is when its payment began to be late, `over_since` when it ended.
    """

    __tablename__ = "programmes"
    __table_args__ = (
        CheckConstraint("kind IN ('province', 'vendor')", name="kind"),
        CheckConstraint("size > 0", name="size"),
        CheckConstraint("(next_size IS NULL) = (next_size_at IS NULL)", name="next_size"),
        Index("uq_programmes_agreement", "agreement_id", unique=True),
        Index("ix_programmes_holder", "holder_account_id"),
    )

    name: Mapped[str]
    kind: Mapped[str]
    holder_account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    description: Mapped[str] = mapped_column(default="")
    size: Mapped[int]
    next_size: Mapped[int | None]
    next_size_at: Mapped[datetime | None]
    changed_until: Mapped[datetime | None]
    late_since: Mapped[datetime | None]
    over_since: Mapped[datetime | None]
    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("money_agreements.id"))


class ProgrammeMember(GlobalTable):
    """A municipality in a programme, until `left_at`. What the programme's holder sees of it stands here and nowhere
    else: how full each limit is, in percent, as it was at `measured_at`."""

    __tablename__ = "programme_members"
    __table_args__ = (
        # A municipality is in at most one programme, however many add it at once.
        Index("uq_programme_members_municipality", "municipality_id", unique=True, postgresql_where="left_at IS NULL"),
        Index("ix_programme_members_programme", "programme_id"),
    )

    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programmes.id"))
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipalities.id"))
    added_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    files_percent: Mapped[int | None]
    records_percent: Mapped[int | None]
    emails_percent: Mapped[int | None]
    measured_at: Mapped[datetime | None]


class PlanException(GlobalTable):
    """An operator gave a municipality more, for a reason: bytes of files, records, e-mails a month; NULL where the plan
    holds. What is less than the plan gives changes nothing."""

    __tablename__ = "plan_exceptions"
    __table_args__ = (
        UniqueConstraint("municipality_id", name="uq_plan_exceptions_municipality"),
        CheckConstraint("files > 0 AND records > 0 AND emails > 0", name="more"),
    )

    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipalities.id"))
    files: Mapped[int | None]
    records: Mapped[int | None]
    emails: Mapped[int | None]
    reason: Mapped[str]
    given_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))


class PlanUsage(TenantTable):
    """How much a municipality used of something when it was last measured as a whole.

    `used` counts what had ids up to `upto`: ids rise with time, so what came since is counted from there and quickly.
    `month` is the month that e-mails are of (`2026-11`), else empty. `level` is the highest threshold (80, 95, 100
    percent) that its administrators were told of, else 0.
    """

    __tablename__ = "plan_usage"
    __table_args__ = (
        UniqueConstraint("tenant_id", "resource", name="uq_plan_usage_resource"),
        CheckConstraint("resource IN ('files', 'records', 'emails')", name="resource"),
        CheckConstraint("level IN (0, 80, 95, 100)", name="level"),
    )

    resource: Mapped[str]
    used: Mapped[int]
    upto: Mapped[UUID]
    month: Mapped[str] = mapped_column(default="")
    level: Mapped[int] = mapped_column(default=0)
    measured_at: Mapped[datetime]
