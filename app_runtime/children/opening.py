"""Opening children: one for each chosen unit, or for each row of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from app_catalog.definitions.model import FanOut
from app_runtime.children.family import kind_of_child
from app_runtime.children.telling import Settle
from app_runtime.holding.enforcing import hold
from app_runtime.records.change import Change, OpenedBy
from app_runtime.records.making import blank_record, store_record
from app_runtime.workflow.setting import set_values

MOST_AT_ONCE = 200
DEEPEST = 8
"""Children open children at most so deep in one go; by hand there is no end to it."""


def open_children(change: Change, settle: Settle) -> None:
    """Open what the actions that were taken on this (stored) record opened, each child with all that follows."""
    while change.opening:
        opened = change.opening.pop(0)
        fan_out = opened.action.fan_out
        assert fan_out is not None
        units = _units(change, fan_out, opened.answers)
        if change.depth >= DEEPEST or len(units) > MOST_AT_ONCE:
            change.note("rule_error", f"{opened.action.id}.fan_out", {"error": "Too many children at once."})
            continue
        numbers = [_open_one(change, opened, fan_out, unit, settle) for unit in units]
        change.counted = None
        spec = kind_of_child(change.record_type, fan_out.record)
        if units and spec is not None:
            by = replace(change, actor=opened.actor)
            by.note("child", f"{spec.id}.opened", {"count": len(units), "numbers": [one for one in numbers if one]})


def _open_one(change: Change, opened: OpenedBy, fan_out: FanOut, unit: str, settle: Settle) -> str | None:
    record = blank_record(change.app, opened.actor, fan_out.record)
    record.parent_id = change.record.id
    record.root_id = change.record.root_id or change.record.id
    child = Change(change.app, record, opened.actor, change.at, held=[], parent=change, depth=change.depth + 1)
    agency = None if fan_out.table else change.app.agencies.find_open(unit)
    if agency is not None:
        record.agency_id, record.agency_assigned = agency.id, True
    extra = {"asks": opened.answers, "each": unit}
    outcomes = {
        name: change.evaluate(expression, rule=f"{opened.action.id}.fan_out.{name}", extra=extra)
        for name, expression in fan_out.values.items()
    }
    set_values(child, {name: one.value for name, one in outcomes.items() if one.error is None}, rule="fan_out")
    store_record(child, settle)
    hold(child)
    return record.number


def _units(change: Change, fan_out: FanOut, answers: Mapping[str, Any]) -> Sequence[str]:
    if fan_out.table:
        return list(change.app.settings.get(fan_out.table) or {})
    chosen = answers.get(fan_out.per, change.values().get(fan_out.per))
    listed = [chosen] if isinstance(chosen, str) else list(chosen or ())
    return list(dict.fromkeys(str(one) for one in listed))
