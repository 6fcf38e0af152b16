"""When things happen again and again: every day, week or month at a time of the municipality's day."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NAME = re.compile(r"(daily|weekly\.(?:[a-z]+)|monthly\.(?:[1-9][0-9]?))\.([01][0-9]|2[0-3]):([0-5][0-9])\Z")


class ScheduleError(ValueError):
    """A text that is no schedule."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A time of day, on every day or one of the week (0 is Monday) or of the month; the last day of a shorter month
    stands for a later one.
    """

    at: time
    weekday: int | None = None
    day: int | None = None

    def moments(self, after: datetime, until: datetime, zone: ZoneInfo) -> Iterator[datetime]:
        """All moments later than ``after`` and not later than ``until``, in order."""
        day = after.astimezone(zone).date()
        last = until.astimezone(zone).date()
        while day <= last:
            if self._falls_on(day.weekday(), day.day, calendar.monthrange(day.year, day.month)[1]):
                moment = datetime.combine(day, self.at, zone)
                if after < moment <= until:
                    yield moment
            day += timedelta(days=1)

    def next_moment(self, after: datetime, zone: ZoneInfo) -> datetime:
        """The first moment later than ``after``."""
        return next(self.moments(after, after + timedelta(days=32), zone))

    def _falls_on(self, weekday: int, day: int, last: int) -> bool:
        if self.weekday is not None:
            return weekday == self.weekday
        return self.day is None or day == min(self.day, last)


def parse_schedule(name: str) -> Schedule:
    """The schedule of a name such as ``daily.07:00``, ``weekly.monday.07:00`` or ``monthly.31.07:00``. Raises
    ScheduleError for any other text.
    """
    match = _NAME.match(name)
    if match is None:
        raise ScheduleError(name)
    at = time(int(match[2]), int(match[3]))
    rhythm, _, day = match[1].partition(".")
    if rhythm == "weekly":
        if day not in WEEKDAYS:
            raise ScheduleError(name)
        return Schedule(at, weekday=WEEKDAYS.index(day))
    if rhythm == "monthly":
        if int(day) > 31:
            raise ScheduleError(name)
        return Schedule(at, day=int(day))
    return Schedule(at)
