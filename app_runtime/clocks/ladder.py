"""The ladder of a clock that was missed: which rung comes when."""

from __future__ import annotations

from datetime import datetime, timedelta

from app_catalog.definitions.model import Clock, Rung
from app_runtime.records.models import RecordClock
from tenants.calendars.working_time import WorkingCalendar


def rungs_in_order(calendar: WorkingCalendar, spec: Clock, clock: RecordClock) -> list[tuple[datetime, Rung]]:
    """The rungs of the clock with their moments, the earliest first; they count from the breach."""
    breach = clock.breached_at or clock.due_at
    moments = [(rung_at(calendar, breach, rung), rung) for rung in spec.escalate.values()]
    return sorted(moments, key=lambda pair: (pair[0], pair[1].order))


def next_rung(calendar: WorkingCalendar, spec: Clock, clock: RecordClock) -> tuple[datetime, Rung] | None:
    """The first rung that was not climbed yet, or None."""
    ladder = rungs_in_order(calendar, spec, clock)
    return next(((moment, rung) for moment, rung in ladder if rung.id not in clock.rungs_done), None)


def next_rung_at(calendar: WorkingCalendar, spec: Clock, clock: RecordClock) -> datetime | None:
    """When the next rung comes, or None when the ladder is climbed."""
    found = next_rung(calendar, spec, clock)
    return found[0] if found else None


def rung_at(calendar: WorkingCalendar, breach: datetime, rung: Rung) -> datetime:
    """When a rung comes after a breach: by the wall, or at the close of a working day."""
    if rung.after.is_working:
        return calendar.add_working_days(breach, rung.after.working_days)
    return breach + timedelta(seconds=rung.after.seconds)
