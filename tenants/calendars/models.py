"""The working calendar of a municipality."""

from __future__ import annotations

from datetime import date, time

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lumbung.db import TenantTable


class OfficeHours(TenantTable):
    """Opening hours on a weekday (0 is Monday), in local time; several rows for one day leave a break between them."""

    __tablename__ = "office_hours"
    __table_args__ = (
        UniqueConstraint("tenant_id", "weekday", "opens", name="uq_office_hours_tenant_id_weekday_opens"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("closes > opens", name="opens_before_closes"),
    )

    weekday: Mapped[int]
    opens: Mapped[time]
    closes: Mapped[time]


class CalendarDay(TenantTable):
    """A day off with the decree that says so: national, joint leave (cuti bersama) or local."""

    __tablename__ = "calendar_days"
    __table_args__ = (
        UniqueConstraint("tenant_id", "day", name="uq_calendar_days_tenant_id_day"),
        CheckConstraint("kind IN ('national', 'joint_leave', 'local')", name="kind"),
    )

    day: Mapped[date]
    name: Mapped[str]
    kind: Mapped[str]
    source: Mapped[str] = mapped_column(default="")
