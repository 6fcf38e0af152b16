"""Secret addresses of calendars."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped

from lumbung.db import TenantTable


class CalendarSubscription(TenantTable):
    """One person's secret address of one calendar. The address is made of the row's id and a seal, so that it is
    nowhere stored; a new row is a new address, and without its row an address is none."""

    __tablename__ = "calendar_subscriptions"
    __table_args__ = (
        UniqueConstraint(
            "tenant_id", "installation_id", "page_id", "account_id", name="uq_calendar_subscriptions_person"
        ),
        ForeignKeyConstraint(
            ["tenant_id", "installation_id"],
            ["installations.tenant_id", "installations.id"],
            name="fk_calendar_subscriptions_installation",
        ),
    )

    installation_id: Mapped[UUID]
    page_id: Mapped[str]
    account_id: Mapped[UUID]
