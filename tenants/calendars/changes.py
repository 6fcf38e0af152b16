"""Changing the working calendar: office hours, days off, time zone. What holds is read by `services.load_calendar`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from lumbung.audit import record_audit
from lumbung.db import violated_constraint
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import Invalid, NotFound
from lumbung.i18n import Text
from tenants.calendars.models import CalendarDay, OfficeHours
from tenants.calendars.working_time import CalendarError, DayOff, WorkingCalendar
from tenants.municipalities.services import change_municipality, own_municipality
from tenants.regions.reference import ZONE_LABELS

Week = Mapping[int, Sequence[tuple[time, time]]]
"""The openings of each weekday (Monday is 0) in order; a day that is missing is free."""

_DAY_TAKEN = Text("Tanggal ini sudah ada di kalender.", "This date is in the calendar already.")
_NEVER_OPEN = Text("Kantor perlu buka sedikitnya satu hari.", "The offices need to open on one day at least.")
_HOURS = Text("Jam buka bertumpuk atau terbalik.", "Opening hours overlap or run backwards.")
_ZONE = Text("Pilih WIB, WITA, atau WIT.", "Choose WIB, WITA or WIT.")


@dataclass(frozen=True)
class DaysOffChange:
    """What taking over a table of days off would do: `added` and `replaced` (as it is now, what it becomes)."""

    added: Mapping[date, DayOff]
    replaced: Mapping[date, tuple[CalendarDay, DayOff]]
    same: int


def office_week(session: AnySession) -> dict[int, list[tuple[time, time]]]:
    """The stated openings by weekday; empty when the municipality has stated none."""
    week: dict[int, list[tuple[time, time]]] = {}
    rows = session.execute(
        select(OfficeHours.weekday, OfficeHours.opens, OfficeHours.closes)
        .where(OfficeHours.tenant_id == current_tenant(session))
        .order_by(OfficeHours.weekday, OfficeHours.opens)
    )
    for weekday, opens, closes in rows:
        week.setdefault(weekday, []).append((opens, closes))
    return week


def set_office_week(session: AnySession, week: Week) -> bool:
    """State the office hours anew; True when they were different.

    Raises Invalid with the field `hours` when openings overlap or run backwards, or no day has any.
    """
    municipality = own_municipality(session)
    if not any(week.values()):
        raise Invalid(fields={"hours": [str(_NEVER_OPEN)]})
    try:
        WorkingCalendar(municipality.timezone, {day: tuple(openings) for day, openings in week.items()})
    except CalendarError as error:
        raise Invalid(fields={"hours": [str(_HOURS)]}) from error
    before, after = _shown_week(office_week(session)), _shown_week(week)
    if before == after:
        return False
    session.execute(delete(OfficeHours).where(OfficeHours.tenant_id == municipality.id))
    session.add_all(
        OfficeHours(tenant_id=municipality.id, weekday=weekday, opens=opens, closes=closes)
        for weekday, openings in week.items()
        for opens, closes in openings
    )
    session.flush()
    record_audit(
        session,
        "calendar.hours",
        subject_type="calendar",
        subject_id=municipality.id,
        before=before,
        after=after,
    )
    return True


def set_zone(session: AnySession, zone: str) -> bool:
    """Let days run by one of Indonesia's three zones; True when it was another. Raises Invalid with `timezone`."""
    if zone not in ZONE_LABELS:
        raise Invalid(fields={"timezone": [str(_ZONE)]})
    return change_municipality(session, own_municipality(session), {"timezone": zone})


def list_days_off(session: AnySession, year: int) -> list[CalendarDay]:
    """The days off of a year in order."""
    return list(
        session.scalars(
            select(CalendarDay)
            .where(
                CalendarDay.tenant_id == current_tenant(session),
                CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31)),
            )
            .order_by(CalendarDay.day)
        )
    )


def years_with_days_off(session: AnySession) -> dict[int, int]:
    """How many days off each year has that has any."""
    year = func.extract("year", CalendarDay.day)
    rows = session.execute(
        select(year, func.count()).where(CalendarDay.tenant_id == current_tenant(session)).group_by(year).order_by(year)
    )
    return {int(found): count for found, count in rows}


def get_day_off(session: AnySession, day_id: UUID) -> CalendarDay:
    """One day off of the session's municipality. Raises NotFound."""
    found = session.scalar(
        select(CalendarDay).where(CalendarDay.tenant_id == current_tenant(session), CalendarDay.id == day_id)
    )
    if found is None:
        raise NotFound
    return found


def add_day_off(session: AnySession, day: date, day_off: DayOff) -> CalendarDay:
    """A new day off. Raises Invalid with the field `day` when the date is in the calendar already."""
    tenant_id = current_tenant(session)
    if tenant_id is None:
        raise NotFound
    added = CalendarDay(tenant_id=tenant_id, day=day, name=day_off.name, kind=day_off.kind, source=day_off.source)
    try:
        with session.begin_nested():
            session.add(added)
            session.flush()
    except IntegrityError as error:
        raise _taken(error) from error
    _audit(session, "calendar.day_added", added.id, None, _shown(added))
    return added


def change_day_off(session: AnySession, day_off: CalendarDay, day: date, new: DayOff) -> bool:
    """Change a day off; True when it was different. Raises Invalid with the field `day` when the date is taken."""
    before = _shown(day_off)
    try:
        with session.begin_nested():
            day_off.day, day_off.name, day_off.kind, day_off.source = day, new.name, new.kind, new.source
            session.flush()
    except IntegrityError as error:
        raise _taken(error) from error
    after = _shown(day_off)
    if before == after:
        return False
    _audit(session, "calendar.day_changed", day_off.id, before, after)
    return True


def remove_day_off(session: AnySession, day_off: CalendarDay) -> None:
    """Make the day a working day again."""
    before, day_id = _shown(day_off), day_off.id
    session.delete(day_off)
    session.flush()
    _audit(session, "calendar.day_removed", day_id, before, None)


def preview_days_off(session: AnySession, days: Mapping[date, DayOff]) -> DaysOffChange:
    """What `take_days_off` would do now."""
    tenant_id = current_tenant(session)
    rows = session.scalars(
        select(CalendarDay).where(CalendarDay.tenant_id == tenant_id, CalendarDay.day.in_(list(days)))
    )
    present = {row.day: row for row in rows}
    replaced = {
        day: (present[day], new)
        for day, new in sorted(days.items())
        if day in present
        and (present[day].name, present[day].kind, present[day].source) != (new.name, new.kind, new.source)
    }
    added = {day: new for day, new in sorted(days.items()) if day not in present}
    return DaysOffChange(added, replaced, same=len(days) - len(added) - len(replaced))


def take_days_off(session: AnySession, days: Mapping[date, DayOff]) -> DaysOffChange:
    """Take a table of days off over: new dates are added, dates in the calendar get what the table says."""
    tenant_id = current_tenant(session)
    if tenant_id is None:
        raise NotFound
    change = preview_days_off(session, days)
    before: dict[str, object] = {day.isoformat(): old.name for day, (old, _) in change.replaced.items()}
    for old, new in change.replaced.values():
        old.name, old.kind, old.source = new.name, new.kind, new.source
    for day, new in change.added.items():
        session.add(CalendarDay(tenant_id=tenant_id, day=day, name=new.name, kind=new.kind, source=new.source))
    session.flush()
    if change.added or change.replaced:
        after: dict[str, object] = {day.isoformat(): days[day].name for day in (*change.added, *change.replaced)}
        _audit(session, "calendar.days_imported", tenant_id, before, after)
    return change


def _taken(error: IntegrityError) -> Exception:
    if violated_constraint(error) != "uq_calendar_days_tenant_id_day":
        return error
    return Invalid(fields={"day": [str(_DAY_TAKEN)]})


def _shown_week(week: Week) -> dict[str, list[str]]:
    return {
        str(weekday): [f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in openings]
        for weekday, openings in sorted(week.items())
        if openings
    }


def _shown(day: CalendarDay) -> dict[str, object]:
    return {"day": day.day.isoformat(), "name": day.name, "kind": day.kind, "source": day.source}


def _audit(
    session: AnySession,
    action: str,
    subject_id: UUID,
    before: dict[str, object] | None,
    after: dict[str, object] | None,
) -> None:
    record_audit(session, action, subject_type="calendar", subject_id=subject_id, before=before, after=after)
