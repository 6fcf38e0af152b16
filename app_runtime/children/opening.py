"""Records that a record makes: a child for each chosen unit or row of a table, or one that an automation asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from app_catalog.definitions.model import FanOut
from app_runtime.children.family import kind_of_child
from app_runtime.children.telling import Settle
from app_runtime.holding.enforcing import hold, holds_anything
from app_runtime.records.change import Change, Opening
from app_runtime.records.making import blank_record, store_record
from app_runtime.records.models import Record
from app_runtime.workflow.setting import set_values
from lumbung.errors import Conflict
from lumbung.i18n import Text

MOST_AT_ONCE = 200
MOST_TOGETHER = 400
"""So many records at most follow from one change, children of children among them."""
TOO_MANY = Text(
    "Terlalu banyak catatan sekaligus, jadi tidak satu pun dibuka.", "Too many records at once, so none was opened."
)
DEEPEST = 8
"""Children open children at most so deep in one go; by hand there is no end to it."""


def open_records(change: Change, settle: Settle) -> None:
    """Make the records that actions and automations of this (stored) record asked for, each with all that follows."""
    while change.opening:
        opening = change.opening.pop(0)
        units = _units(change, opening.fan_out, opening.answers) if opening.fan_out is not None else [""]
        many = change.together.opened + len(units)
        if change.depth >= DEEPEST or len(units) > MOST_AT_ONCE or many > MOST_TOGETHER:
            change.note_rule_error(opening.rule, TOO_MANY)
            continue
        change.together.opened = many
        opened = [one for unit in units if (one := _open_one(change, opening, unit, settle)) is not None]
        change.counted = None
        if opened:
            spec = kind_of_child(change.record_type, opening.record)
            by = replace(change, actor=opening.actor)
            name = f"{spec.id if spec is not None else opening.record}.opened"
            by.note("child", name, {"count": len(opened), "opened": [one.number for one in opened if one.number]})


def _open_one(change: Change, opening: Opening, unit: str, settle: Settle) -> Record | None:
    """One record; None when rules over many records refuse what the package asks for by itself, which is noted."""
    made = _filled_in(change, opening, unit)
    if not opening.actor.is_system or not holds_anything(made):
        return _stored(made, settle)
    told = list(change.happened)
    try:
        with change.session.begin_nested():
            return _stored(made, settle)
    except Conflict as refusal:
        change.happened[:] = told
        change.note_refusal(opening.rule, refusal)
        return None


def _stored(made: Change, settle: Settle) -> Record:
    store_record(made, settle)
    hold(made)
    return made.record


def _filled_in(change: Change, opening: Opening, unit: str) -> Change:
    record = blank_record(change.app, opening.actor, opening.record)
    if kind_of_child(change.record_type, opening.record) is not None:
        record.parent_id = change.record.id
        record.root_id = change.record.root_id or change.record.id
    made = Change(change.app, record, opening.actor, change.at, held=[], parent=change, depth=change.depth + 1)
    made.together = change.together
    agency = change.app.agencies.find_open(unit) if opening.fan_out is not None and opening.fan_out.per else None
    if agency is not None:
        record.agency_id, record.agency_assigned = agency.id, True
    extra = {"asks": opening.answers, "each": unit}
    outcomes = {
        name: change.evaluate(expression, rule=f"{opening.rule}.{name}", extra=extra)
        for name, expression in opening.values.items()
    }
    set_values(made, {name: one.value for name, one in outcomes.items() if one.error is None}, rule=opening.rule)
    return made


def _units(change: Change, fan_out: FanOut, answers: Mapping[str, Any]) -> Sequence[str]:
    if fan_out.table:
        return list(change.app.settings.get(fan_out.table) or {})
    chosen = answers.get(fan_out.per, change.values().get(fan_out.per))
    listed = [chosen] if isinstance(chosen, str) else list(chosen or ())
    return list(dict.fromkeys(str(one) for one in listed))
