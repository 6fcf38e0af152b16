"""Automations: what a definition lets happen by itself after an event."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app_catalog.definitions.model import Act, Automation, Call, CreateRecord, Event, MakeDocument, Send, SetFields
from app_runtime.automations.calling import note_call
from app_runtime.children.family import list_children
from app_runtime.documents.asking import ask_for_document
from app_runtime.notifications.sending import send_message
from app_runtime.records.actors import SYSTEM
from app_runtime.records.change import Change, Opening, lock_record, open_change
from app_runtime.records.running_app import app_of_record
from app_runtime.workflow.setting import set_values
from lumbung.errors import Conflict
from lumbung.i18n import Text

MOST_EFFECTS = 2_000
"""So many effects at most follow from one change, on all records that it reaches."""

ENDLESS = Text(
    "Langkah otomatis saling memicu tanpa akhir, jadi dihentikan.",
    "Automations set off one another without end, so they were stopped.",
)
TakeAction = Callable[[Change, str, Mapping[str, Any]], list[Event]]


@dataclass(frozen=True, slots=True)
class Engine:
    """What automations bring about: `take` takes an action as the platform and gives what happened by it, `settle` lets
    everything follow from events, `attempt` lets something happen or raises Conflict and leaves no trace of it."""

    take: TakeAction
    settle: Callable[[Change, Sequence[Event]], None]
    attempt: Callable[[Change, Callable[[], list[Event]]], list[Event]]


def run_automations(change: Change, event: Event, engine: Engine) -> list[Event]:
    """Run every automation that waits for `event` and whose condition holds, in the order written; returns what
    happened to the record by it."""
    happened: list[Event] = []
    for automation in change.record_type.automations.values():
        if event in automation.on and _holds(change, automation, event) and _goes_on(change):
            happened += _run(change, event, automation, engine)
    return happened


def _run(change: Change, event: Event, automation: Automation, engine: Engine) -> list[Event]:
    effect = automation.effect
    if isinstance(effect, CreateRecord):
        rule = f"automations.{automation.id}"
        change.opening.append(Opening(rule, effect.record, effect.values, SYSTEM))
        return []
    if isinstance(effect, MakeDocument):
        ask_for_document(change, automation, effect)
        return []
    values: dict[str, Any] = {} if isinstance(effect, Send) else _evaluated(change, automation, effect.values)
    if isinstance(effect, Call):
        note_call(change, automation, event, values)
        return []
    if automation.for_each is None:
        return _affect(change, automation, values, engine)
    for child in _children(change, automation.for_each):
        if not _goes_on(change):
            break
        happened = _affect(child, automation, values, engine)
        engine.settle(child, happened)
    return []


def _affect(change: Change, automation: Automation, values: Mapping[str, Any], engine: Engine) -> list[Event]:
    """The effect on one record: the one that the automation belongs to, or a child of it."""
    effect = automation.effect
    if isinstance(effect, Send):
        for target in effect.to:
            late = any(event.kind == "clock" for event in automation.on)
            send_message(change, effect.message, target, late=late)
    elif isinstance(effect, Act):
        return engine.take(change, effect.action, values)
    elif isinstance(effect, SetFields):
        return _set_or_note(change, automation, values, engine)
    return []


def _set_or_note(change: Change, automation: Automation, values: Mapping[str, Any], engine: Engine) -> list[Event]:
    """Set fields; what rules over many records refuse is noted, and stops nothing else."""

    def set_fields() -> list[Event]:
        _set_fields(change, automation, values)
        return [Event("updated")] if automation.for_each else []

    try:
        return engine.attempt(change, set_fields)
    except Conflict as refusal:
        change.note_refusal(f"automations.{automation.id}", refusal)
        return []


def _children(change: Change, kind: str) -> list[Change]:
    """The children of a kind, each locked and ready to be changed."""
    spec = change.record_type.children.get(kind)
    if spec is None or change.held is not None:
        return []
    change.session.flush()
    found = []
    for child in list_children(change.session, change.record):
        if child.record_type == spec.record:
            locked = lock_record(change.session, child)
            opened = open_change(app_of_record(change.session, locked), locked, SYSTEM, at=change.at)
            opened.parent, opened.depth, opened.together = change, change.depth + 1, change.together
            found.append(opened)
    return found


def _goes_on(change: Change) -> bool:
    """Count one more effect; False when there have been too many, which the history tells once."""
    change.together.effects += 1
    if change.together.effects == MOST_EFFECTS + 1:
        change.note_rule_error("automations", ENDLESS)
    return change.together.effects <= MOST_EFFECTS


def _holds(change: Change, automation: Automation, event: Event) -> bool:
    if automation.states and change.record.state not in automation.states:
        return False
    if event.kind == "schedule" and not automation.states and not change.record.open:
        # The moment came to it because of another automation, which names its state.
        return False
    condition = automation.when
    return condition is None or change.evaluate(condition, rule=f"automations.{automation.id}.when").holds


def _evaluated(change: Change, automation: Automation, values: Mapping[str, Any]) -> dict[str, Any]:
    outcomes = {
        name: change.evaluate(expression, rule=f"automations.{automation.id}.{name}")
        for name, expression in values.items()
    }
    return {name: outcome.value for name, outcome in outcomes.items() if outcome.error is None}


def _set_fields(change: Change, automation: Automation, given: Mapping[str, Any]) -> None:
    fields, before = change.record_type.fields, change.values()
    values = set_values(change, given, rule=f"automations.{automation.id}")
    moved = {name: {"from": before.get(name), "to": value} for name, value in values.items()}
    personal = {name for name in moved if name in fields and fields[name].private}
    change.note(
        "automation",
        automation.id,
        {"fields": {name: value for name, value in moved.items() if name not in personal}},
        private={"fields": {name: moved[name] for name in personal}} if personal else None,
    )
