"""When a deadline falls: working days and office hours of one municipality, computed without a database.

All instants that go in must know their zone; all instants that come out are in UTC.

What a clock counts
- *Wall*: every second from the start, day and night.
- *Office hours*: from the start, only the seconds in which the offices are open.
- *Working days*: the day of receipt does not count, whatever its hour. `P3WD` ends at the close of office
  hours of the third working day after it. The clock's time is therefore the office time that begins with the
  midnight after the day of receipt.

What a pause does: time inside a pause is not counted. A wall clock falls due later by the paused time; the
others fall due later by the office time that was missed, counted on from where they stood. A pause on the day
of receipt, at night or on a day off costs a working-day clock nothing, because it was not counting then. A
pause that begins when or after the clock has run out changes nothing. A longer pause never gives an earlier
due time.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tenants.calendars.span import Span

DayOffKind = Literal["national", "joint_leave", "local"]
DAY_OFF_KINDS: tuple[DayOffKind, ...] = ("national", "joint_leave", "local")

OfficeHours = tuple[tuple[time, time], ...]
"""The hours of one day, in order: when the office opens and closes; closing at 00:00 is the day's end."""

LONGEST_CLOSURE_DAYS = 366
"""A calendar whose offices stay closed longer than this is taken for a mistake, not waited for."""

_NOTHING = timedelta(0)
_DAY = timedelta(days=1)


class CalendarError(ValueError):
    """A calendar nobody can reckon with: an unknown zone, wrong office hours, or offices that never open."""


@dataclass(frozen=True, slots=True)
class DayOff:
    """Why the offices are closed on a day: its name, its kind, and the decree that says so."""

    name: str
    kind: DayOffKind
    source: str
    name_en: str | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch of time, from `start` until just before `end`, in which a clock stands still."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        _require_zone(self.start)
        _require_zone(self.end)
        if self.end < self.start:
            raise ValueError("A pause ends after it begins.")


_MOST_KNOWN = 4_096
"""Days whose openings a calendar remembers, about eleven years."""


@dataclass(frozen=True)
class WorkingCalendar:
    """The office hours and days off of one municipality.

    `weekly` maps a weekday (Monday is 0) to its office hours; a weekday that is missing is free. `extra_days`
    maps a date to the hours that hold on this date alone: it makes a Saturday a working day, and goes before
    the weekly hours and before `days_off`.

    Raises `CalendarError` when the zone is unknown, when hours overlap, are out of order or close before they
    open, or when no weekday has any.
    """

    zone: str
    weekly: Mapping[int, OfficeHours]
    days_off: Mapping[date, DayOff] = field(default_factory=dict)
    extra_days: Mapping[date, OfficeHours] = field(default_factory=dict)

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise CalendarError(f"The time zone {self.zone!r} is unknown.") from error
        if not set(self.weekly) <= set(range(7)):
            raise CalendarError("Weekdays are numbered from 0 (Monday) to 6 (Sunday).")
        for hours in (*self.weekly.values(), *self.extra_days.values()):
            _check_hours(hours)
        if not any(self.weekly.values()):
            raise CalendarError("The offices open on no day of the week.")

    def hours_on(self, day: date) -> OfficeHours:
        """The office hours of this date in local time; empty when the offices stay closed."""
        if day in self.extra_days:
            return self.extra_days[day]
        return () if day in self.days_off else self.weekly.get(day.weekday(), ())

    def is_working_day(self, day: date) -> bool:
        """Whether the offices open at all on this date."""
        return bool(self.hours_on(day))

    def is_open(self, at: datetime) -> bool:
        """Whether the offices are open at this instant. Raises `ValueError` when it has no zone."""
        _require_zone(at)
        return any(opens <= at < closes for opens, closes in self._openings(self._local_date(at)))

    def add_working_days(self, start: datetime, days: int) -> datetime:
        """The close of office hours on the given working day after the day of `start`, which does not count.

        Zero days are over at once: `start`. Raises `ValueError` when `days` is negative or `start` has no
        zone, and `CalendarError` when the offices stay closed for more than `LONGEST_CLOSURE_DAYS`.
        """
        _require_zone(start)
        if days < 0:
            raise ValueError("Working days are counted forward.")
        end = start.astimezone(UTC)
        days_with_openings = self._open_days(self._local_date(start) + _DAY)
        for _ in range(days):
            end = next(days_with_openings)[-1][1]
        return end

    def add_office_time(self, start: datetime, amount: timedelta) -> datetime:
        """The first instant by which the offices were open for `amount` since `start`; with nothing, `start`.

        Raises `ValueError` when `amount` is negative or `start` has no zone, and `CalendarError` when the
        offices stay closed for more than `LONGEST_CLOSURE_DAYS`.
        """
        _require_zone(start)
        if amount < _NOTHING:
            raise ValueError("Office time is counted forward.")
        if amount == _NOTHING:
            return start.astimezone(UTC)
        for openings in self._open_days(self._local_date(start)):
            for opens, closes in openings:
                begins = max(opens, start)
                open_for = max(closes - begins, _NOTHING)
                if open_for >= amount:
                    return begins.astimezone(UTC) + amount
                amount -= open_for
        raise AssertionError("The days of a calendar do not end.")

    def working_time_between(self, start: datetime, end: datetime) -> timedelta:
        """How long the offices are open between two instants; nothing when `end` is not after `start`."""
        _require_zone(start)
        _require_zone(end)
        total, day, last = _NOTHING, self._local_date(start), self._local_date(end)
        while day <= last:
            for opens, closes in self._openings(day):
                total += max(min(closes, end) - max(opens, start), _NOTHING)
            day += _DAY
        return total

    def working_seconds_between(self, start: datetime, end: datetime) -> float:
        """As `working_time_between`, in seconds."""
        return self.working_time_between(start, end).total_seconds()

    def due(self, start: datetime, span: Span, *, pauses: Iterable[Pause] = (), office_hours: bool = False) -> datetime:
        """When a clock that starts at `start` and lasts `span` runs out.

        `office_hours` says that a wall span counts only while the offices are open; working days always do.
        Pauses may come in any order and overlap. Raises `ValueError` when `start` has no zone,
        `CalendarError` when the offices stay closed for more than `LONGEST_CLOSURE_DAYS`.
        """
        return self.moment_at_share(start, span, 1, pauses=pauses, office_hours=office_hours)

    def moment_at_share(
        self,
        start: datetime,
        span: Span,
        share: float,
        *,
        pauses: Iterable[Pause] = (),
        office_hours: bool = False,
    ) -> datetime:
        """When the given share of a clock's own time has run: 0.75 is the moment of `warn_at: 75%`, 1 is due.

        Raises as `due` does, and `ValueError` when `share` does not lie between 0 and 1.
        """
        if not 0 <= share <= 1:
            raise ValueError("A share of a clock's time lies between 0 and 1.")
        begins, amount, in_office = self._own_time(start, span, office_hours=office_hours)
        amount *= share
        if amount == _NOTHING:
            return start.astimezone(UTC)
        for pause in _merged(pauses, begins):
            run = self._run(begins, pause.start, in_office=in_office)
            if run >= amount:
                break
            amount -= run
            begins = pause.end
        return self.add_office_time(begins, amount) if in_office else begins.astimezone(UTC) + amount

    def share_run(
        self,
        start: datetime,
        span: Span,
        at: datetime,
        *,
        pauses: Iterable[Pause] = (),
        office_hours: bool = False,
    ) -> float:
        """Which share of a clock's own time has run by `at`: 0 at its start, 1 when due, more when late.

        A clock without any time of its own has run whole. Raises as `due` does.
        """
        begins, amount, in_office = self._own_time(start, span, office_hours=office_hours)
        if amount == _NOTHING:
            return 1.0
        run = self._run(begins, at, in_office=in_office)
        for pause in _merged(pauses, begins):
            run -= self._run(pause.start, min(pause.end, at), in_office=in_office)
        return run / amount

    def _own_time(self, start: datetime, span: Span, *, office_hours: bool) -> tuple[datetime, timedelta, bool]:
        """From when a clock counts, how much time it has, and whether it counts office time only."""
        _require_zone(start)
        if span.wall is not None:
            return start, span.wall, office_hours
        assert span.working_days is not None
        midnight = self._instant(self._local_date(start) + _DAY, time.min)
        end = self.add_working_days(start, span.working_days)
        return midnight, self.working_time_between(midnight, end), True

    def _run(self, start: datetime, end: datetime, *, in_office: bool) -> timedelta:
        return self.working_time_between(start, end) if in_office else max(end - start, _NOTHING)

    def _open_days(self, first: date) -> Iterator[list[tuple[datetime, datetime]]]:
        """The openings of each working day from `first` on, day by day, without end."""
        day, closed_since = first, first
        while True:
            if openings := self._openings(day):
                yield openings
                closed_since = day
            elif (day - closed_since).days > LONGEST_CLOSURE_DAYS:
                raise CalendarError(f"The offices stay closed from {closed_since} for more than a year.")
            day += _DAY

    def _openings(self, day: date) -> list[tuple[datetime, datetime]]:
        """The office hours of a local date as instants."""
        known = self._known.get(day)
        if known is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            known = self._known[day] = [
                (self._instant(day, opens), self._instant(day if closes > time.min else day + _DAY, closes))
                for opens, closes in self.hours_on(day)
            ]
        return known

    @cached_property
    def _known(self) -> dict[date, list[tuple[datetime, datetime]]]:
        """Openings that were worked out before: a calendar never changes."""
        return {}

    def _instant(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self._zone).astimezone(UTC)

    def _local_date(self, at: datetime) -> date:
        return at.astimezone(self._zone).date()

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)


def _merged(pauses: Iterable[Pause], begins: datetime) -> list[Pause]:
    """The pauses from `begins` on, in order and without overlaps."""
    merged: list[Pause] = []
    for pause in sorted(pauses, key=lambda pause: pause.start):
        start = max(pause.start, begins)
        if pause.end <= start:
            continue
        if merged and start <= merged[-1].end:
            merged[-1] = Pause(merged[-1].start, max(merged[-1].end, pause.end))
        else:
            merged.append(Pause(start, pause.end))
    return merged


def _check_hours(hours: OfficeHours) -> None:
    for opens, closes in hours:
        if time.min < closes <= opens:
            raise CalendarError(f"Office hours close ({closes:%H:%M}) before they open ({opens:%H:%M}).")
    for (_, closes), (opens, _) in pairwise(hours):
        if closes == time.min or opens < closes:
            raise CalendarError(f"Office hours overlap or are out of order at {opens:%H:%M}.")


def _require_zone(at: datetime) -> None:
    if at.tzinfo is None or at.utcoffset() is None:
        raise ValueError("An instant must say its time zone.")
