"""A second reckoning of deadlines, written the plain way: it counts every half minute. Shares no code with the product.

The rules are SIARAN's, told in words: the response clock runs by the wall, is met by an answer or a repair, warns at
three quarters, tells the head when it is missed and the city a day later. The repair clock runs in office hours, from
the midnight after the report, stands still while the reporter is asked, and tells the head when it is missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

STEP = timedelta(seconds=30)
DAY = timedelta(days=1)
OFFSETS = {"Asia/Jakarta": 7, "Asia/Makassar": 8, "Asia/Jayapura": 9}
WEEK: dict[int, tuple[tuple[int, int], ...]] = {
    0: ((8, 16),),
    1: ((8, 16),),
    2: ((8, 16),),
    3: ((8, 16),),
    # A pause for prayer on Friday, and half a day on Saturday.
    4: ((8, 11), (13, 15)),
    5: ((8, 12),),
}
DAYS_OFF = {
    "national": (date(2026, 3, 19), date(2026, 3, 21), date(2026, 5, 1), date(2026, 5, 14), date(2026, 6, 1)),
    "joint_leave": (date(2026, 3, 18), date(2026, 3, 20), date(2026, 3, 23), date(2026, 3, 24), date(2026, 5, 15)),
    "local": (date(2026, 4, 7), date(2026, 5, 31)),
}
CLOSED = {day for days in DAYS_OFF.values() for day in days}


@dataclass(frozen=True)
class Doing:
    """What somebody does with the record, and when."""

    at: datetime
    action: str


@dataclass
class PlainClock:
    """One round of a clock, in seconds of its own time."""

    name: str
    total: int
    rungs: Sequence[tuple[str, int]]
    counts_from: datetime
    in_office: bool
    counted: int = 0
    breached_at: datetime | None = None
    over: bool = False
    told: set[str] = field(default_factory=set)


class Tie(Exception):
    """Something falls due at the very instant of an action; such lives are not compared."""


@dataclass
class PlainLife:
    """The life of one report in a municipality of this zone."""

    zone: str
    respond_seconds: int
    fix_days: int
    events: list[tuple[str, datetime]] = field(default_factory=list)
    clocks: list[PlainClock] = field(default_factory=list)
    waiting: bool = False
    _open: dict[int, bool] = field(default_factory=dict)

    def local(self, at: datetime) -> datetime:
        return at.astimezone(UTC).replace(tzinfo=None) + timedelta(hours=OFFSETS[self.zone])

    def open_at(self, at: datetime) -> bool:
        """Whether the offices are open in the half minute that begins now."""
        # Offices open and close on the hour, so that looking once an hour is enough.
        hour = int(at.timestamp()) // 3600
        if hour not in self._open:
            here = self.local(at)
            hours = () if here.date() in CLOSED else WEEK.get(here.weekday(), ())
            self._open[hour] = any(opens <= here.hour < closes for opens, closes in hours)
        return self._open[hour]

    def live(self, start: datetime, doings: Sequence[Doing], until: datetime) -> list[tuple[str, datetime]]:
        """Everything that falls due, with its instant, in order. Raises Tie."""
        waiting_doings = list(doings)
        self._begin(start)
        at = start
        while at < until:
            while waiting_doings and waiting_doings[0].at == at:
                if any(moment == at for _, moment in self.events):
                    raise Tie
                self._do(waiting_doings.pop(0))
            for clock in self.clocks:
                self._count(clock, at)
            at += STEP
        return self.events

    def _begin(self, at: datetime) -> None:
        midnight = datetime.combine(self.local(at).date(), time.min) + DAY
        counts_from = (midnight - timedelta(hours=OFFSETS[self.zone])).replace(tzinfo=UTC)
        total, days, moment = 0, 0, counts_from
        while days < self.fix_days:
            worked = sum(self.open_at(moment + n * STEP) for n in range(2880))
            total += worked * 30
            days += worked > 0
            moment += DAY
        self.clocks += [
            PlainClock("respond", self.respond_seconds, (("head", 0), ("city", 86_400)), at, in_office=False),
            PlainClock("fix", total, (("head", 0),), counts_from, in_office=True),
        ]

    def _do(self, doing: Doing) -> None:
        self.waiting = doing.action == "ask"
        for clock in self.clocks:
            if doing.action == "fix" or (doing.action == "respond" and clock.name == "respond"):
                clock.over = True
        if doing.action == "reopen":
            self._begin(doing.at)

    def _count(self, clock: PlainClock, at: datetime) -> None:
        if clock.over:
            return
        end = at + STEP
        if clock.breached_at is None:
            paused = self.waiting and clock.name == "fix"
            if paused or at < clock.counts_from or (clock.in_office and not self.open_at(at)):
                return
            clock.counted += 30
            if clock.counted * 4 == clock.total * 3:
                self.events.append((f"{clock.name}.warned", end))
            if clock.counted == clock.total:
                clock.breached_at = end
                self.events.append((f"{clock.name}.breached", end))
        if clock.breached_at is None:
            return
        for rung, after in clock.rungs:
            if rung not in clock.told and end - clock.breached_at >= timedelta(seconds=after):
                clock.told.add(rung)
                self.events.append((f"{clock.name}.{rung}", end))
