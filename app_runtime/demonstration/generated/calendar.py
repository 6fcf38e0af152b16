"""The working calendar of a generated municipality: its hours, the days off that it keeps, its own days."""

from __future__ import annotations

from datetime import date

from sqlalchemy import delete

from app_runtime.demonstration.generated.profile import Profile
from lumbung.db.tenancy import AnySession, current_tenant
from tenants.calendars.changes import set_office_week, take_days_off
from tenants.calendars.models import CalendarDay
from tenants.calendars.national import LAST_YEAR, national_days_off
from tenants.calendars.working_time import DayOff

_DECREE = "Keputusan kepala daerah (contoh peragaan)"


def keep_calendar(session: AnySession, profile: Profile, *, first: int, last: int) -> None:
    """State the hours and days off of the session's municipality from year `first` to year `last`.

    Where services go on in joint leave, those days are working days.
    """
    years = range(first, min(last, LAST_YEAR) + 1)
    if profile.week is not None:
        set_office_week(session, profile.week)
    days = national_days_off(years)
    local = {
        date(year, month, day): DayOff(name, "local", _DECREE)
        for year in years
        for month, day, name in profile.local_days
    }
    take_days_off(session, {**{day: found for day, found in days.items() if day not in local}, **local})
    if not profile.joint_leave:
        session.execute(
            delete(CalendarDay).where(
                CalendarDay.tenant_id == current_tenant(session), CalendarDay.kind == "joint_leave"
            )
        )
