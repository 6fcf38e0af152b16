"""What the changes of a record do to its clocks: start, meet, pause, resume, end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from app_catalog.definitions.model import Clock, Event
from app_runtime.clocks.ladder import next_rung_at
from app_runtime.clocks.spans import parse_span
from app_runtime.records.change import Change
from app_runtime.records.models import RecordClock
from tenants.calendars.working_time import Pause

WAKEUP = "clocks"
FINISHED = ("met", "met_late", "ended")


def clocks_follow(change: Change, events: Iterable[Event]) -> None:
    """Let the record's clocks follow what has just happened: meet before starting, so that a new round is new."""
    happened = set(events)
    for spec in change.record_type.clocks.values():
        running = _running(change, spec)
        if running is not None and any(Event("action", action) in happened for action in spec.met_by):
            meet_clock(running, change.at)
        if any(event in happened for event in spec.starts):
            if (running := _running(change, spec)) is not None:
                running.state, running.next_at = "ended", None
            start_clock(change, spec)
    _follow_state(change)
    wake_for(change)


def start_clock(change: Change, spec: Clock) -> RecordClock | None:
    """A new round of the clock from the instant of the change on; None (and a noted error) when its span is none."""
    outcome = change.evaluate(spec.within, rule=f"clocks.{spec.id}.within")
    if outcome.error is not None:
        return None
    try:
        parse_span(str(outcome.value))
    except ValueError as error:
        change.note("rule_error", f"clocks.{spec.id}.within", {"error": str(error)[:500]})
        return None
    clock = RecordClock(
        tenant_id=change.record.tenant_id,
        record_id=change.record.id,
        clock=spec.id,
        round=1 + max((old.round for old in change.clocks if old.clock == spec.id), default=0),
        state="running",
        span=str(outcome.value),
        started_at=change.at,
        due_at=change.at,
        pauses=[],
        rungs_done=[],
        created_at=change.at,
    )
    reckon(change, spec, clock)
    change.add(clock)
    change.clocks.append(clock)
    return clock


def reckon(change: Change, spec: Clock, clock: RecordClock) -> None:
    """Compute due and warning time from start, span and pauses, and when to look next."""
    span = parse_span(clock.span)
    pauses = [Pause(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in clock.pauses]
    office = spec.time == "working"
    calendar = change.app.calendar
    clock.due_at = calendar.due(clock.started_at, span, pauses=pauses, office_hours=office)
    if spec.warn_at is not None:
        clock.warn_at = calendar.moment_at_share(
            clock.started_at, span, spec.warn_at / 100, pauses=pauses, office_hours=office
        )
    clock.next_at = next_moment(change, spec, clock)


def next_moment(change: Change, spec: Clock, clock: RecordClock) -> datetime | None:
    """When this clock must be looked at again: warning, breach, or the next rung of its ladder; None when never."""
    if clock.state in FINISHED or clock.state == "paused":
        return None
    if clock.breached_at is not None:
        return next_rung_at(change.app.calendar, spec, clock)
    if clock.warned_at is None and clock.warn_at is not None:
        return min(clock.warn_at, clock.due_at)
    return clock.due_at


def meet_clock(clock: RecordClock, at: datetime) -> None:
    """The clock has its answer; late when it was missed before."""
    clock.state = "met" if clock.breached_at is None else "met_late"
    clock.met_at, clock.next_at, clock.paused_at = at, None, None


def wake_for(change: Change) -> None:
    """Have a worker look at the next moment of the record's clocks."""
    moments = [clock.next_at for clock in change.clocks if clock.next_at is not None]
    if moments:
        change.wake(WAKEUP, min(moments))


def _running(change: Change, spec: Clock) -> RecordClock | None:
    rounds = [clock for clock in change.clocks if clock.clock == spec.id and clock.state not in FINISHED]
    return rounds[-1] if rounds else None


def _follow_state(change: Change) -> None:
    """Pause and resume by the record's state; a record that has ended leaves no clock running."""
    for spec in change.record_type.clocks.values():
        clock = _running(change, spec)
        if clock is None:
            continue
        if not change.record.open and not _counts_on(change, spec):
            clock.state, clock.next_at, clock.paused_at = "ended", None, None
        elif change.record.state in spec.paused_in:
            _pause(clock, change.at)
        elif clock.paused_at is not None:
            _resume(change, spec, clock)


def _counts_on(change: Change, spec: Clock) -> bool:
    """Whether a timer runs on in a closed record: a permit that was given and will expire."""
    workflow = change.record_type.workflow
    action = workflow.actions.get(spec.then or "") if workflow else None
    return spec.is_timer and action is not None and change.record.state in action.from_states


def _pause(clock: RecordClock, at: datetime) -> None:
    # A pause that begins when the clock has run out changes nothing.
    if clock.paused_at is None and clock.breached_at is None:
        clock.state, clock.paused_at, clock.next_at = "paused", at, None


def _resume(change: Change, spec: Clock, clock: RecordClock) -> None:
    assert clock.paused_at is not None
    clock.pauses = [*clock.pauses, [clock.paused_at.isoformat(), change.at.isoformat()]]
    clock.paused_at = None
    clock.state = "warned" if clock.warned_at is not None else "running"
    reckon(change, spec, clock)
