"""Clocks of a record that has moved: as if the new version's rules had held from the beginning."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from app_catalog.definitions.model import Clock, Event
from app_runtime.clocks.running import FINISHED, clocks_follow, reckon, start_clock
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


def reckon_again(change: Change, known: set[str]) -> None:
    """Let the record's clocks be those of its (new) definition.

    A clock that runs gets the new span from its own start, with its pauses; a mark that the new rules would not have
    given is taken away, and one that they would have given comes when the clocks are next looked at. A clock that the
    definition no longer has ends. A clock that the old definition (`known`) did not have starts as if it had always
    been there. Nobody is told anything.
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
                _start_late(change, spec)
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
        for name in _COLUMNS:
            value = kept[str(clock.id)][name]
            setattr(clock, name, datetime.fromisoformat(value) if value and name in _MOMENTS else value)


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


def _start_late(change: Change, spec: Clock) -> None:
    """Start a clock at the last of its starts that nothing has met since."""
    started: datetime | None = None
    for event, moment in _happened(change):
        if event.kind == "action" and event.id in spec.met_by:
            started = None
        if event in spec.starts:
            started = moment
    if started is not None:
        begun = replace(change, at=started)
        start_clock(begun, spec)


def _happened(change: Change) -> list[tuple[Event, datetime]]:
    rows = change.session.execute(
        select(RecordHistory.name, RecordHistory.created_at)
        .where(
            RecordHistory.tenant_id == change.record.tenant_id,
            RecordHistory.record_id == change.record.id,
            RecordHistory.kind == "action",
        )
        .order_by(RecordHistory.sequence)
    )
    created = (Event("created"), change.record.created_at)
    return [created, *((Event("action", name), moment) for name, moment in rows)]


def _warned_by(clock: RecordClock, at: datetime) -> bool:
    return clock.warn_at is not None and clock.warn_at <= at


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
