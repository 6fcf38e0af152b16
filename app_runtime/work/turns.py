"""Whose turn it is: in SQL over many records, by the states and actions of their definition."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, or_, true

from app_catalog.definitions.model import Action, RecordType
from app_runtime.records.actors import Actor
from app_runtime.records.models import Record

_CITIZENS = {"public", "resident"}


def late(at: datetime) -> ColumnElement[bool]:
    """Overdue at the instant `at`, also when the worker has not yet set the red mark."""
    return or_(Record.overdue, and_(Record.due_at.is_not(None), Record.due_at <= at))


def my_turn(kind: RecordType, actor: Actor, at: datetime) -> ColumnElement[bool]:
    """Open records of the type that this official should act on.

    Somebody who works for an agency: those of the agency in a state in which the role has an action. Somebody who
    hands out work over all agencies: those that nobody was assigned to yet, and what is overdue.
    """
    turns: list[ColumnElement[bool]] = [false()]
    hands_out = _hands_out(kind)
    for role in sorted(actor.roles):
        states = _states_for(kind, role)
        if not states:
            continue
        mine: ColumnElement[bool] = true()
        if _reads_own_agency(kind, role):
            mine = Record.agency_id.in_(sorted(actor.agency_ids))
        elif role in hands_out:
            mine = or_(Record.agency_assigned.is_(False), Record.agency_id.is_(None), late(at))
        turns.append(and_(Record.state.in_(sorted(states)), mine))
    return and_(Record.open, or_(*turns))


def waits_for_reporter(kind: RecordType) -> ColumnElement[bool]:
    """Open records in a state from which only the reporter can lead on."""
    states = {state for state in open_states(kind) if state in _states_by(kind, _CITIZENS)}
    officials = {role for action in _actions(kind) for role in action.by} - _CITIZENS
    waiting = states - _states_by(kind, officials)
    return and_(Record.open, Record.state.in_(sorted(waiting)))


def open_states(kind: RecordType) -> frozenset[str]:
    """Ids of the states in which a record of the type is open."""
    return frozenset(kind.workflow.open_states) if kind.workflow else frozenset()


def _states_for(kind: RecordType, role: str) -> set[str]:
    return _states_by(kind, {role}) & open_states(kind)


def _states_by(kind: RecordType, roles: set[str]) -> set[str]:
    return {state for action in _actions(kind) if roles & set(action.by) for state in action.from_states}


def _hands_out(kind: RecordType) -> set[str]:
    """Roles with an action that names the agency: for them an assigned record is off the desk."""
    return {
        role for action in _actions(kind) for ask in action.asks.values() if ask.sets == "agency" for role in action.by
    }


def _reads_own_agency(kind: RecordType, role: str) -> bool:
    access = kind.access.get(role)
    rows = access.read.rows if access and access.read else ()
    return "agency" in rows and "all" not in rows


def _actions(kind: RecordType) -> list[Action]:
    return list(kind.workflow.actions.values()) if kind.workflow else []
