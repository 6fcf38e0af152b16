"""The values of a record by id: as stored, and as expressions see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app_catalog.definitions.model import Field, RecordType
from app_runtime.records.agency_tree import AgencyTree
from app_runtime.records.models import Record, RecordClock

CLOCK_STATES = {"paused": "running", "met_late": "met", "ended": "met"}
"""What packages call the states of a clock that they do not tell apart."""


def field_values(record: Record, record_type: RecordType) -> dict[str, Any]:
    """The stored values of the type's own fields, private ones included."""
    stored = {**record.data, **record.private}
    return {name: stored[name] for name in record_type.fields if name in stored}


def expression_values(
    record: Record, record_type: RecordType, agencies: AgencyTree, clocks: Iterable[RecordClock] = ()
) -> dict[str, Any]:
    """Everything that an expression may name of a record: its fields, what every record has, and its clocks."""
    return {
        **field_values(record, record_type),
        **built_in_values(record, agencies),
        "clocks": {
            clock.clock: {"due": clock.due_at, "state": CLOCK_STATES.get(clock.state, clock.state)}
            for clock in latest_rounds(clocks)
        },
    }


def built_in_values(record: Record, agencies: AgencyTree) -> dict[str, Any]:
    """What every record has beside its fields."""
    return {
        "id": str(record.id),
        "number": record.number,
        "state": record.state,
        "agency": agencies.key_of(record.agency_id),
        "assignee": str(record.assignee_id) if record.assignee_id else None,
        "created_at": record.created_at,
        "created_by": str(record.created_by) if record.created_by else None,
        "closed_at": record.closed_at,
        "due": record.due_at,
        "open": record.open,
        "overdue": record.overdue,
        "checked": record.checked,
        "published": record.published,
    }


def latest_rounds(clocks: Iterable[RecordClock]) -> list[RecordClock]:
    """Of each clock the newest round."""
    newest: dict[str, RecordClock] = {}
    for clock in clocks:
        if clock.clock not in newest or newest[clock.clock].round < clock.round:
            newest[clock.clock] = clock
    return list(newest.values())


def store_values(record: Record, fields: Mapping[str, Field], values: Mapping[str, Any]) -> None:
    """Write cleaned values into the record, private fields apart; None takes a value away."""
    data, private = dict(record.data), dict(record.private)
    for name, value in values.items():
        target = private if fields[name].private else data
        if value is None or value in ("", [], {}):
            target.pop(name, None)
        else:
            target[name] = value
    record.data, record.private = data, private
