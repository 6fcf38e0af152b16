"""A year of one municipality, minute by minute, as a row of open and closed minutes: the plainest calendar there is."""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from tests.proofs.plain_clocks import CLOSED, OFFSETS, WEEK

MINUTE = timedelta(minutes=1)


class PlainYear:
    """`days` days from `first` (an instant in UTC) on; answers in minutes since then."""

    def __init__(self, zone: str, first: datetime, days: int) -> None:
        self.first, self.offset = first.astimezone(UTC), OFFSETS[zone] * 60
        local_first = self.first.replace(tzinfo=None) + timedelta(minutes=self.offset)
        self.open: list[bool] = []
        self.day: list[int] = []
        for minute in range(days * 1440):
            here = local_first + minute * MINUTE
            hours = () if here.date() in CLOSED else WEEK.get(here.weekday(), ())
            self.open.append(any(opens <= here.hour < closes for opens, closes in hours))
            self.day.append(here.toordinal())
        self.worked = [0, *accumulate(self.open)]
        self.last_open: list[tuple[int, int]] = []
        """Each working day (as an ordinal) with the minute after its last open one, in order."""
        for minute, is_open in enumerate(self.open):
            if is_open:
                if self.last_open and self.last_open[-1][0] == self.day[minute]:
                    self.last_open[-1] = (self.day[minute], minute + 1)
                else:
                    self.last_open.append((self.day[minute], minute + 1))
        self._days = [day for day, _ in self.last_open]

    def instant(self, minute: int) -> datetime:
        """The instant of a minute."""
        return self.first + minute * MINUTE

    def working_days_end(self, start: int, days: int) -> int:
        """The minute at which the given working day after the day of `start` closes."""
        return self.last_open[bisect_left(self._days, self.day[start] + 1) + days - 1][1]

    def office_end(self, start: int, minutes: int, pause: tuple[int, int] = (0, 0)) -> int:
        """The minute by which the offices were open for so many minutes since `start`, outside the pause."""
        begins, ends = max(pause[0], start), max(pause[1], start)
        before = self.worked[begins] - self.worked[start]
        if before >= minutes or ends <= begins:
            return bisect_left(self.worked, self.worked[start] + minutes)
        return bisect_left(self.worked, self.worked[ends] + minutes - before)

    def wall_end(self, start: int, minutes: int, pause: tuple[int, int] = (0, 0)) -> int:
        """The minute that lies so many minutes after `start`, the pause left out."""
        begins, ends = max(pause[0], start), max(pause[1], start)
        return start + minutes + (ends - begins if begins - start < minutes else 0)

    def working_days_due(self, start: int, days: int, pause: tuple[int, int]) -> int:
        """When a clock of so many working days runs out that stood still during the pause."""
        midnight = next(minute for minute in range(start, len(self.day)) if self.day[minute] > self.day[start])
        total = self.worked[self.working_days_end(start, days)] - self.worked[midnight]
        return self.office_end(midnight, total, pause)
