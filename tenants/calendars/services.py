"""The working calendar of a municipality as it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import time
from typing import cast
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from lumbung.db.fetching import Kept, read_columns, readers_of
from lumbung.db.inside import Asked, Row, compile_inside, run_inside
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import NotFound
from tenants.calendars.models import CalendarDay, OfficeHours
from tenants.calendars.working_time import DayOff, DayOffKind, WorkingCalendar
from tenants.municipalities.models import Municipality

DEFAULT_WEEK = {weekday: ((time(8), time(16)),) for weekday in range(5)}
"""Monday to Friday, eight to four: used until a municipality has stated its hours, so that deadlines run anyway."""

_HOUR_COLUMNS = (OfficeHours.weekday, OfficeHours.opens, OfficeHours.closes)
_DAY_COLUMNS = (CalendarDay.day, CalendarDay.name, CalendarDay.kind, CalendarDay.source)
_HOURS = compile_inside(
    select(*_HOUR_COLUMNS)
    .where(OfficeHours.tenant_id == bindparam("tenant_id", type_=Uuid))
    .order_by(OfficeHours.weekday, OfficeHours.opens)
)
_DAYS = compile_inside(
    select(*_DAY_COLUMNS).where(CalendarDay.tenant_id == bindparam("tenant_id", type_=Uuid)).order_by(CalendarDay.day)
)
_HOUR_READERS, _DAY_READERS = readers_of(*_HOUR_COLUMNS), readers_of(*_DAY_COLUMNS)
_kept: Kept[WorkingCalendar] = Kept()


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
    hours, days = run_inside(session, *calendar_asked(tenant_id))
    return calendar_of(tenant_id, zone, hours, days)


def calendar_asked(tenant_id: UUID) -> tuple[Asked, Asked]:
    """The two statements of `load_calendar`, for whoever sends others with them: office hours, days off."""
    return (_HOURS, {"tenant_id": tenant_id}), (_DAYS, {"tenant_id": tenant_id})


def calendar_of(tenant_id: UUID, zone: str, hours: Sequence[Row], days: Sequence[Row]) -> WorkingCalendar:
    """The calendar that their rows are. Raises CalendarError as `load_calendar` does."""
    return _kept.of(tenant_id, (zone, hours, days), lambda: _calendar(zone, hours, days))


def _calendar(zone: str, hours: Iterable[Row], days: Iterable[Row]) -> WorkingCalendar:
    weekly: dict[int, tuple[tuple[time, time], ...]] = {}
    for row in hours:
        weekday, opens, closes = read_columns(row, _HOUR_READERS)
        weekly[weekday] = (*weekly.get(weekday, ()), (opens, closes))
    days_off = {
        day: DayOff(name, cast("DayOffKind", kind), source)
        for day, name, kind, source in (read_columns(row, _DAY_READERS) for row in days)
    }
    return WorkingCalendar(zone, weekly or DEFAULT_WEEK, days_off)
