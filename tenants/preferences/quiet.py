"""When somebody may be disturbed: reckoned without a database, in one municipality's zone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_MOST_DAYS = 60
"""Whoever has no working day for longer than this is told all the same."""


@dataclass(frozen=True)
class Quiet:
    """Local hours from `begins` until just before `ends`, over midnight when `ends` is earlier; not at all unless `on`.

    `working_days`: reminders wait for a working day.
    """

    on: bool
    begins: time = time(21)
    ends: time = time(6)
    working_days: bool = False

    @classmethod
    def parse(cls, hours: str | None) -> Quiet:
        """The hours of `QUIET_HOURS` (`21:00-06:00`), with reminders on working days; None means none of both."""
        if hours is None:
            return cls(on=False)
        begins, _, ends = hours.partition("-")
        first, last = time.fromisoformat(begins), time.fromisoformat(ends)
        return cls(on=first != last, begins=first, ends=last, working_days=True)

    def holds_at(self, clock: time) -> bool:
        """Whether this time of the day lies in the quiet hours."""
        if not self.on:
            return False
        if self.begins < self.ends:
            return self.begins <= clock < self.ends
        return clock >= self.begins or clock < self.ends


def waits_until(
    moment: datetime, quiet: Quiet, zone: str, *, is_working_day: Callable[[date], bool] | None = None
) -> datetime | None:
    """When a message of `moment` may go, in UTC; None when it may go at once.

    It goes at the end of the quiet hours; with `is_working_day` on the first working day, then in the morning too.
    """
    local = moment.astimezone(ZoneInfo(zone))
    day, disturbed = local.date(), quiet.holds_at(local.time())
    if disturbed and local.time() >= quiet.ends:
        day += _DAY
    free = is_working_day or _every_day
    if not disturbed and free(day):
        return None
    found = day if free(day) else _next_free(day, free)
    return datetime.combine(found, quiet.ends, ZoneInfo(zone)).astimezone(UTC)


def _next_free(day: date, free: Callable[[date], bool]) -> date:
    for days in range(1, _MOST_DAYS):
        if free(day + days * _DAY):
            return day + days * _DAY
    return day + _DAY


def _every_day(day: date) -> bool:
    return True
