"""What follows from an event: clocks, derived values, automations, and what those bring about in turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from app_catalog.definitions.model import Event
from app_runtime.automations.running import ENDLESS, Engine, run_automations
from app_runtime.children.opening import open_records
from app_runtime.children.telling import tell_parent
from app_runtime.clocks.running import clocks_follow
from app_runtime.exchange.emitting import emit_events
from app_runtime.holding.enforcing import hold, holds_anything
from app_runtime.joining.merging import merge_joined
from app_runtime.joining.telling import tell_joined
from app_runtime.records.actors import SYSTEM
from app_runtime.records.change import Change
from app_runtime.records.deriving import derive
from app_runtime.workflow.permissions import check_action, find_action
from app_runtime.workflow.steps import apply_action, clean_asks
from lumbung.errors import Conflict, Forbidden, Invalid
from lumbung.outbox import enqueue_effect

LONGEST_CHAIN = 20
"""Automations that set off one another stop after so many rounds; the history says so."""


def settle(change: Change, events: Sequence[Event]) -> None:
    """Let everything follow that follows from `events`, in this order: clocks, derived values, children, automations.
    In the end a child tells its parent."""
    rounds = 0
    pending = [*events, *_told_by_children(change)]
    while pending or (change.opening and change.held is None):
        rounds += 1
        if rounds > LONGEST_CHAIN:
            change.note_rule_error("automations", ENDLESS)
            break
        clocks_follow(change, pending)
        derive(change)
        if change.app.definition.emits:
            emit_events(change, pending)
        if change.held is None:
            open_records(change, settle)
        following: list[Event] = []
        for event in pending:
            following += run_automations(change, event, ENGINE)
        derive(change)
        pending = [*following, *_told_by_children(change)]
    if change.held is None:
        _note_later(change)
        tell_joined(change)
        tell_parent(change, settle)
    else:
        merge_joined(change)


def _note_later(change: Change) -> None:
    while change.later:
        kind, payload, key = change.later.pop(0)
        enqueue_effect(change.session, kind, payload, dedupe_key=key)


def _told_by_children(change: Change) -> list[Event]:
    told, change.happened[:] = list(change.happened), []
    return told


def take_and_settle(change: Change, action_id: str) -> None:
    """Take an action as the platform (a clock's `then`), with all that follows; what stands in its way is noted."""
    settle(change, _take_as_system(change, action_id, {}))


def _take_as_system(change: Change, action_id: str, values: Mapping[str, Any]) -> list[Event]:
    """Take an action as the platform; what stands in its way is noted and stops nothing else."""
    by_system = replace(change, actor=SYSTEM)
    try:
        action = find_action(by_system, action_id)
        check_action(by_system, action)
        given = {name: value for name, value in values.items() if value is not None}
        answers = clean_asks(by_system, action, given, channel="api")
        return _try_to(by_system, lambda: apply_action(by_system, action, answers))
    except (Conflict, Forbidden, Invalid) as refusal:
        by_system.note_refusal(f"act.{action_id}", refusal)
        return []


def _try_to(change: Change, happen: Callable[[], list[Event]]) -> list[Event]:
    """Let something happen to a record by itself that other records may stand in the way of. Raises Conflict, and
    leaves no trace then; a new record is refused as a whole, by whoever stores it."""
    if change.held is not None or not holds_anything(change):
        return happen()
    opening = list(change.opening)
    try:
        with change.session.begin_nested():
            events = happen()
            derive(change)
            hold(change)
    except Conflict:
        change.opening[:] = opening
        raise
    return events


ENGINE = Engine(_take_as_system, settle, _try_to)
