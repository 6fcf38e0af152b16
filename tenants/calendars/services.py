"""The working calendar of a municipality as it stands."""

from __future__ import annotations

from datetime import time
from typing import cast

from sqlalchemy import select

from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import NotFound
from tenants.calendars.models import CalendarDay, OfficeHours
from tenants.calendars.working_time import DayOff, DayOffKind, WorkingCalendar
from tenants.municipalities.models import Municipality

DEFAULT_WEEK = {weekday: ((time(8), time(16)),) for weekday in range(5)}
"""Monday to Friday, eight to four: used until a municipality has stated its hours, so that deadlines run anyway."""


def load_calendar(session: AnySession, tenant: object | None = None) -> WorkingCalendar:
    """The calendar of the session's municipality: its zone, office hours and days off.

    `tenant` is only read for its `timezone` when given (a `Tenant` or a `Municipality`). Without any office hours the
    default week holds. Raises NotFound when the session belongs to no municipality, CalendarError when the stored
    hours overlap.
    """
    tenant_id = current_tenant(session)
    if tenant_id is None:
        raise NotFound
    zone: str | None = getattr(tenant, "timezone", None)
    if zone is None:
        municipality = session.get(Municipality, tenant_id)
        if municipality is None:
            raise NotFound
        zone = municipality.timezone
    weekly: dict[int, tuple[tuple[time, time], ...]] = {}
    hours = select(OfficeHours.weekday, OfficeHours.opens, OfficeHours.closes).where(OfficeHours.tenant_id == tenant_id)
    for weekday, opens, closes in session.execute(hours.order_by(OfficeHours.weekday, OfficeHours.opens)):
        weekly[weekday] = (*weekly.get(weekday, ()), (opens, closes))
    days = select(CalendarDay.day, CalendarDay.name, CalendarDay.kind, CalendarDay.source).where(
        CalendarDay.tenant_id == tenant_id
    )
    days_off = {
        day: DayOff(name, cast("DayOffKind", kind), source) for day, name, kind, source in session.execute(days)
    }
    return WorkingCalendar(zone, weekly or DEFAULT_WEEK, days_off)
