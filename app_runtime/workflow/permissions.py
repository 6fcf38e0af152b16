"""Whether an action may be taken on a record, and why not."""

from __future__ import annotations

from app_catalog.definitions.model import Action
from app_runtime.checklists.judging import asked_now
from app_runtime.clocks.spans import parse_span
from app_runtime.records.change import Change
from app_runtime.records.errors import (
    condition_failed,
    not_by_the_same,
    not_by_you,
    too_late,
    unknown_action,
    wrong_state,
)
from app_runtime.records.permissions import may_read, roles_on
from app_runtime.records.values import field_values
from app_runtime.workflow.four_eyes import taken_before
from lumbung.errors import LumbungError
from lumbung.i18n import pick


def find_action(change: Change, action_id: str) -> Action:
    """The action in the record's own definition. Raises Conflict when there is none."""
    workflow = change.record_type.workflow
    action = workflow.actions.get(action_id) if workflow else None
    if action is None:
        raise unknown_action(action_id)
    return asked_now(change.record_type, action, field_values(change.record, change.record_type))


def check_action(change: Change, action: Action) -> None:
    """Raise what stands in the way of `action`: role first, then state, time and condition.

    Forbidden with `because` `role`; Conflict with `state` or `condition`.
    """
    refusal = why_not(change, action)
    if refusal is not None:
        raise refusal


def why_not(change: Change, action: Action) -> LumbungError | None:
    """What stands in the way of `action`, or None."""
    label = pick(action.label) or action.id
    if not _by_role(change, action):
        return not_by_you(label)
    if change.record.state not in action.from_states:
        return wrong_state(label, state_label(change))
    if action.not_by and (taken := taken_before(change, action)) is not None:
        return not_by_the_same(label, pick(taken.label) or taken.id)
    if not _in_time(change, action):
        return too_late(label)
    if action.when is not None and not change.evaluate(action.when, rule=f"{action.id}.when").holds:
        return condition_failed(label)
    return None


def state_label(change: Change) -> str:
    """The label of the record's state in the reader's language."""
    workflow = change.record_type.workflow
    state = workflow.states.get(change.record.state) if workflow else None
    return pick(state.label) if state else change.record.state


def _by_role(change: Change, action: Action) -> bool:
    actor, record = change.actor, change.record
    if actor.is_system:
        return True
    roles = roles_on(change.app.definition, actor, record) & set(action.by)
    return bool(roles) and (may_read(change.record_type, actor, record))


def _in_time(change: Change, action: Action) -> bool:
    if action.within is None or change.record.closed_at is None:
        return True
    outcome = change.evaluate(action.within, rule=f"{action.id}.within")
    if outcome.error is not None:
        return False
    limit = change.app.calendar.due(change.record.closed_at, parse_span(str(outcome.value)))
    return change.at <= limit
