"""A clock that tests move forward, and calendar months."""

from __future__ import annotations

import calendar
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime


class Clock:
    """Seconds since 1970: the real time, and by how much tests moved it."""

    def __init__(self) -> None:
        self.ahead = 0
        self._moment: int | None = None

    def now(self) -> int:
        """The present moment of the double, in whole seconds."""
        return self._moment if self._moment is not None else int(time.time()) + self.ahead

    @contextmanager
    def at(self, moment: int) -> Iterator[None]:
        """Inside the block it is `moment`: something that was due then happens late."""
        before, self._moment = self._moment, moment
        try:
            yield
        finally:
            self._moment = before


def add_interval(anchor: int, *, interval: str, count: int) -> int:
    """`count` intervals after `anchor`. Months keep the day of the anchor, or end with a shorter month (UTC)."""
    if interval in ("day", "week"):
        return anchor + count * 86_400 * (7 if interval == "week" else 1)
    start = datetime.fromtimestamp(anchor, UTC)
    months = start.month - 1 + count * (12 if interval == "year" else 1)
    year, month = start.year + months // 12, months % 12 + 1
    day = min(start.day, calendar.monthrange(year, month)[1])
    return int(start.replace(year=year, month=month, day=day).timestamp())


def period_after(moment: int, *, anchor: int, interval: str, count: int) -> int:
    """The first end of a period that is later than `moment`, for periods counted from `anchor`."""
    number = 1
    while (end := add_interval(anchor, interval=interval, count=count * number)) <= moment:
        number += 1
    return end
