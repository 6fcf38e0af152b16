"""The clocks of a report that is reckoned in memory, by the rules of `app_runtime.clocks`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from app_catalog.definitions.model import Clock, Event
from app_runtime.clocks.firing import LAST_RUNG
from app_runtime.clocks.ladder import next_rung, next_rung_at
from app_runtime.clocks.running import FINISHED, meet_clock
from app_runtime.clocks.spans import parse_span
from app_runtime.demonstration.bulk.town import PLATFORM
from app_runtime.records.models import RecordClock
from tenants.calendars.working_time import Pause

if TYPE_CHECKING:
    from app_runtime.demonstration.bulk.life import Life


class Ticking:
    """Starts, meets, pauses, warns and escalates the clocks of one report."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._town = life.town

    def begin(self, at: datetime) -> None:
        """The report was made."""
        for spec in self._town.clocks:
            if Event("created") in spec.starts:
                self._start(spec, at)

    def follow(self, action: str, at: datetime) -> None:
        """An action was taken: meet before starting, so that a new round is new; then pause or go on by the state."""
        for spec in self._town.clocks:
            running = self._running(spec)
            if running is not None and action in spec.met_by:
                meet_clock(running, at)
            if Event("action", action) in spec.starts:
                if (running := self._running(spec)) is not None:
                    running.state, running.next_at = "ended", None
                self._start(spec, at)
        for spec in self._town.clocks:
            if (clock := self._running(spec)) is None:
                continue
            if self._life.state in spec.paused_in:
                if clock.paused_at is None and clock.breached_at is None:
                    clock.state, clock.paused_at, clock.next_at = "paused", at, None
            elif clock.paused_at is not None:
                clock.pauses = [*clock.pauses, [clock.paused_at.isoformat(), at.isoformat()]]
                clock.paused_at = None
                clock.state = "warned" if clock.warned_at is not None else "running"
                self._reckon(spec, clock)

    def run_until(self, at: datetime) -> None:
        """Let everything happen that was due before this instant: an answer at the very deadline is in time."""
        self.finish(at - datetime.resolution)

    def finish(self, until: datetime) -> None:
        """Let everything happen that is due by this instant."""
        while True:
            due = [clock for clock in self._life.clocks if clock.next_at is not None and clock.next_at <= until]
            if not due:
                return
            clock = min(due, key=lambda found: (found.next_at, found.due_at))
            assert clock.next_at is not None
            self._step(self._town.record_type.clocks[clock.clock], clock, clock.next_at)

    def due(self, clock: str) -> datetime:
        """When the newest round of a clock runs out."""
        return next(found.due_at for found in reversed(self._life.clocks) if found.clock == clock)

    def _running(self, spec: Clock) -> RecordClock | None:
        rounds = [clock for clock in self._life.clocks if clock.clock == spec.id and clock.state not in FINISHED]
        return rounds[-1] if rounds else None

    def _start(self, spec: Clock, at: datetime) -> None:
        rounds = [clock.round for clock in self._life.clocks if clock.clock == spec.id]
        clock = RecordClock(
            clock=spec.id,
            round=1 + max(rounds, default=0),
            state="running",
            span=self._town.spans[(spec.id, self._life.category)],
            started_at=at,
            due_at=at,
            pauses=[],
            rungs_done=[],
        )
        self._reckon(spec, clock)
        self._life.clocks.append(clock)

    def _reckon(self, spec: Clock, clock: RecordClock) -> None:
        clock.due_at, clock.warn_at = self._moments(spec, clock)
        warned = clock.warned_at is not None or clock.warn_at is None
        clock.next_at = clock.due_at if warned else min(clock.warn_at or clock.due_at, clock.due_at)

    def _moments(self, spec: Clock, clock: RecordClock) -> tuple[datetime, datetime | None]:
        """When the clock runs out and warns. Working days count from the midnight after the start, so that all that
        start on one day without a pause share theirs."""
        span = parse_span(clock.span)
        day = clock.started_at.astimezone(ZoneInfo(self._town.app.calendar.zone)).date()
        shared = span.working_days is not None and not clock.pauses
        key = (spec.id, clock.span, day)
        if shared and (known := self._town.moments.get(key)) is not None:
            return known
        pauses = [Pause(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in clock.pauses]
        calendar, office = self._town.app.calendar, spec.time == "working"
        found = (
            calendar.due(clock.started_at, span, pauses=pauses, office_hours=office),
            calendar.moment_at_share(clock.started_at, span, spec.warn_at / 100, pauses=pauses, office_hours=office)
            if spec.warn_at is not None
            else None,
        )
        if shared:
            self._town.moments[key] = found
        return found

    def _step(self, spec: Clock, clock: RecordClock, at: datetime) -> None:
        if clock.state in FINISHED:
            clock.next_at = None
        elif clock.breached_at is not None:
            self._climb(spec, clock, at)
        elif clock.warned_at is None and clock.warn_at is not None:
            clock.state, clock.warned_at, clock.next_at = "warned", at, clock.due_at
            self._tell(spec, "warned", at)
        else:
            clock.state, clock.breached_at = "breached", clock.due_at
            clock.next_at = next_rung_at(self._town.app.calendar, spec, clock)
            self._tell(spec, "breached", at)

    def _tell(self, spec: Clock, what: Literal["warned", "breached"], at: datetime) -> None:
        self._life.note("clock", f"{spec.id}.{what}", at=at, who=PLATFORM)
        self._life.happened(Event("clock", spec.id, what), at)

    def _climb(self, spec: Clock, clock: RecordClock, at: datetime) -> None:
        """Tell the next rung; whoever cannot be reached makes room for the one above, above all stands the admin."""
        calendar = self._town.app.calendar
        while (found := next_rung(calendar, spec, clock)) is not None:
            rung = found[1]
            clock.rungs_done = [*clock.rungs_done, rung.id]
            if self._escalate(spec, rung.id, rung.to, at):
                break
        else:
            if LAST_RUNG not in {rung.to for rung in spec.escalate.values()}:
                self._escalate(spec, LAST_RUNG, LAST_RUNG, at)
        clock.next_at = next_rung_at(calendar, spec, clock)

    def _escalate(self, spec: Clock, rung: str, to: str, at: datetime) -> bool:
        reached = self._town.reached(to, self._life.agency.id)
        self._life.note("escalation", f"{spec.id}.{rung}", at=at, who=PLATFORM, changes={"to": to, "reached": reached})
        return bool(reached)
