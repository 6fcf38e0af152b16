"""Automations: what a definition lets happen by itself after an event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app_catalog.definitions.model import Act, Automation, Event, Send, SetFields
from app_runtime.notifications.sending import send_message
from app_runtime.records.change import Change
from app_runtime.workflow.setting import set_by_rule

TakeAction = Callable[[Change, str, Mapping[str, Any]], list[Event]]


def run_automations(change: Change, event: Event, take: TakeAction) -> list[Event]:
    """Run every automation that waits for `event` and whose condition holds, in the order written.

    `take` takes an action as the platform; what happened by it comes back.
    """
    happened: list[Event] = []
    for automation in change.record_type.automations.values():
        if event not in automation.on or not _holds(change, automation):
            continue
        effect = automation.effect
        if isinstance(effect, Send):
            for target in effect.to:
                send_message(change, effect.message, target)
        elif isinstance(effect, Act):
            happened += take(change, effect.action, _evaluated(change, automation, effect.values))
        elif isinstance(effect, SetFields):
            _set_fields(change, automation, effect)
    return happened


def _holds(change: Change, automation: Automation) -> bool:
    condition = automation.when
    return condition is None or change.evaluate(condition, rule=f"automations.{automation.id}.when").holds


def _evaluated(change: Change, automation: Automation, values: Mapping[str, Any]) -> dict[str, Any]:
    outcomes = {
        name: change.evaluate(expression, rule=f"automations.{automation.id}.{name}")
        for name, expression in values.items()
    }
    return {name: outcome.value for name, outcome in outcomes.items() if outcome.error is None}


def _set_fields(change: Change, automation: Automation, effect: SetFields) -> None:
    fields, before = change.record_type.fields, change.values()
    values = set_by_rule(change, effect.values, rule=f"automations.{automation.id}")
    moved = {name: {"from": before.get(name), "to": value} for name, value in values.items()}
    personal = {name for name in moved if name in fields and fields[name].private}
    change.note(
        "automation",
        automation.id,
        {"fields": {name: value for name, value in moved.items() if name not in personal}},
        private={"fields": {name: moved[name] for name in personal}} if personal else None,
    )
