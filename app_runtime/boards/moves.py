"""Where a card may be moved: the actions that lead to another state, by role and state alone.

Conditions, deadlines and four eyes are asked when the move is made: a board of a hundred cards cannot ask them all.
"""

from __future__ import annotations

from dataclasses import dataclass

from app_catalog.definitions.model import Action, Definition
from app_runtime.records.actors import Actor
from app_runtime.records.models import Record
from app_runtime.records.permissions import roles_on
from app_runtime.work.reach import at_work
from lumbung.i18n import pick


@dataclass(frozen=True, slots=True)
class Move:
    """One way on from a card: the action, the state that it leads to, and the form to open where the action asks
    something (empty where one tap does it)."""

    action: str
    label: str
    to: str
    href: str = ""


def moves_of(definition: Definition, record: Record, official: Actor, *, slug: str) -> list[Move]:
    """The moves that somebody at work may try with this record, in the order of its own definition."""
    workflow = definition.records[record.record_type].workflow
    if workflow is None:
        return []
    roles = roles_on(definition, at_work(official), record)
    return [
        Move(action.id, pick(action.label) or action.id, action.to or "", _form(action, record, slug))
        for action in workflow.actions.values()
        if moves_cards(action) and record.state in action.from_states and action.to != record.state
        if roles & set(action.by)
    ]


def moves_cards(action: Action) -> bool:
    """Whether the action leads to a state at all."""
    return action.to is not None


def _form(action: Action, record: Record, slug: str) -> str:
    return f"/work/{slug}/{record.id}#action-{action.id}" if action.asks else ""
