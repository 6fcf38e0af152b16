"""Clocks of a record that has moved: as if the new version's rules had held from the beginning."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select

from app_catalog.definitions.model import Clock, Event
from app_runtime.clocks.running import FINISHED, clocks_follow, meet_clock, reckon, start_clock
from app_runtime.clocks.spans import parse_span
from app_runtime.records.change import Change
from app_runtime.records.models import RecordClock, RecordHistory

_COLUMNS = (
    "clock",
    "round",
    "state",
    "span",
    "started_at",
    "due_at",
    "warn_at",
    "pauses",
    "paused_at",
    "met_at",
    "warned_at",
    "breached_at",
    "rungs_done",
    "next_at",
)
_MOMENTS = frozenset(name for name in _COLUMNS if name.endswith("_at"))


def reckon_again(change: Change, known: set[str], *, named: Callable[[str], str] = str) -> None:
    """Let the record's clocks be those of its (new) definition.

    A clock that runs gets the new span from its own start, with its pauses; a mark that the new rules would not have
    given is taken away, and one that they would have given comes when the clocks are next looked at. A clock that the
    definition no longer has ends. A clock that the old definition (`known`) did not have starts as if it had always
    been there, and stood still while the record was in a state whose present name (`named`) pauses it. Nobody is told
    anything.
    """
    specs = change.record_type.clocks
    for clock in change.clocks:
        if clock.state in FINISHED:
            continue
        spec = specs.get(clock.clock)
        if spec is None:
            clock.state, clock.next_at, clock.paused_at = "ended", None, None
        else:
            _reckon(change, spec, clock)
    if change.record.open:
        for spec in specs.values():
            if spec.id not in known:
                _start_late(change, spec, named)
    clocks_follow(change, [])


def reckon_back(change: Change, known: set[str], stored: list[dict[str, Any]], *, moved_at: datetime) -> None:
    """As `reckon_again`, for a record that comes back from a definition with the clocks `known`: those that it did not
    have go on as they stood in `stored`, the snapshot of before the move, with what was done to the record since."""
    had = {row["clock"] for row in stored}
    running = {str(clock.id): clock for clock in change.clocks}
    for row in stored:
        clock, spec = running.get(row["id"]), change.record_type.clocks.get(row["clock"])
        if clock is not None and spec is not None and row["clock"] not in known and row["state"] not in FINISHED:
            _put_back(clock, row)
            _catch_up(change, spec, clock, moved_at)
    reckon_again(change, known | had)
    if change.record.open:
        for spec in change.record_type.clocks.values():
            if spec.id in had - known:
                _start_late(change, spec, str, since=moved_at)
        clocks_follow(change, [])


def snapshot(clocks: list[RecordClock]) -> list[dict[str, Any]]:
    """Every clock as JSON."""
    return [
        {"id": str(clock.id)}
        | {name: _plain(getattr(clock, name)) for name in _COLUMNS}
        | {"created_at": clock.created_at.isoformat()}
        for clock in clocks
    ]


def restore(change: Change, stored: list[dict[str, Any]]) -> None:
    """Make the record's clocks what they were; rounds that came since go."""
    kept = {row["id"]: row for row in stored}
    gone = [clock for clock in change.clocks if str(clock.id) not in kept]
    if gone:
        change.session.execute(
            delete(RecordClock).where(
                RecordClock.tenant_id == change.record.tenant_id, RecordClock.id.in_([clock.id for clock in gone])
            )
        )
        for clock in gone:
            change.session.expunge(clock)
    change.clocks = [clock for clock in change.clocks if str(clock.id) in kept]
    for clock in change.clocks:
        _put_back(clock, kept[str(clock.id)])


def _reckon(change: Change, spec: Clock, clock: RecordClock) -> None:
    outcome = change.evaluate(spec.within, rule=f"clocks.{spec.id}.within")
    if outcome.error is None:
        try:
            parse_span(str(outcome.value))
        except ValueError as error:
            change.note("rule_error", f"clocks.{spec.id}.within", {"error": str(error)[:500]})
        else:
            clock.span = str(outcome.value)
    clock.warn_at = None
    reckon(change, spec, clock)
    if clock.breached_at is not None and clock.due_at > change.at:
        clock.breached_at, clock.rungs_done = None, []
    if clock.warned_at is not None and not _warned_by(clock, change.at):
        clock.warned_at = None
    if clock.paused_at is None:
        clock.state = "breached" if clock.breached_at else "warned" if clock.warned_at else "running"
    reckon(change, spec, clock)


def _start_late(change: Change, spec: Clock, named: Callable[[str], str], *, since: datetime | None = None) -> None:
    """Start a clock at the last of its starts (after `since`) that nothing has met since, with the pauses of then."""
    happened = _happened(change)
    started: datetime | None = None
    for event, moment in [(Event("created"), change.record.created_at), *_actions(happened)]:
        if since is not None and moment <= since:
            continue
        if event.kind == "action" and event.id in spec.met_by:
            started = None
        if event in spec.starts:
            started = moment
    if started is None:
        return
    begun = replace(change, at=started)
    clock = start_clock(begun, spec)
    if clock is None:
        return
    clock.pauses, paused_at = _pauses(happened, spec, started, named)
    reckon(change, spec, clock)
    if paused_at is not None and paused_at < clock.due_at:
        clock.state, clock.paused_at, clock.next_at = "paused", paused_at, None


def _catch_up(change: Change, spec: Clock, clock: RecordClock, since: datetime) -> None:
    """Give a clock that nobody looked at since then the pauses that it would have had, and its answer."""
    happened = _happened(change)
    if clock.paused_at is None:
        clock.pauses = [*clock.pauses, *_pauses(happened, spec, since, str)[0]]
    answers = (moment for event, moment in _actions(happened) if moment > since and event.id in spec.met_by)
    answered = next(answers, None)
    if answered is not None:
        reckon(change, spec, clock)
        if clock.due_at <= answered and clock.breached_at is None:
            clock.breached_at = clock.due_at
            # Figures are counted from history, where each missed deadline stands.
            replace(change, at=clock.due_at).note("clock", f"{spec.id}.breached", {"done_at": change.at.isoformat()})
        meet_clock(clock, answered)


def _pauses(
    happened: list[Row[Any]], spec: Clock, since: datetime, named: Callable[[str], str]
) -> tuple[list[list[str]], datetime | None]:
    """When the record was in states that pause the clock, and since when it is in one."""
    pauses: list[list[str]] = []
    paused_at: datetime | None = None
    for row in happened:
        moment = max(row.created_at, since)
        if named(row.to_state) in spec.paused_in:
            paused_at = paused_at or moment
        elif paused_at is not None:
            if paused_at < moment:
                pauses.append([paused_at.isoformat(), moment.isoformat()])
            paused_at = None
    return pauses, paused_at


def _happened(change: Change) -> list[Row[Any]]:
    """The record's history: what happened, when, and its state from then on."""
    query = select(RecordHistory.kind, RecordHistory.name, RecordHistory.to_state, RecordHistory.created_at).where(
        RecordHistory.tenant_id == change.record.tenant_id, RecordHistory.record_id == change.record.id
    )
    return list(change.session.execute(query.order_by(RecordHistory.sequence)))


def _actions(happened: list[Row[Any]]) -> list[tuple[Event, datetime]]:
    return [(Event("action", row.name), row.created_at) for row in happened if row.kind == "action"]


def _put_back(clock: RecordClock, stored: dict[str, Any]) -> None:
    for name in _COLUMNS:
        value = stored[name]
        setattr(clock, name, datetime.fromisoformat(value) if value and name in _MOMENTS else value)


def _warned_by(clock: RecordClock, at: datetime) -> bool:
    return clock.warn_at is not None and clock.warn_at <= at


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
