"""Telling other apps of the municipality what happened: noted with the change, delivered by a worker, once each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from app_catalog.definitions.model import Emit, Event
from app_catalog.installations.definitions import definition_by_digest, definition_is_given
from app_catalog.installations.services import list_installations
from app_runtime.records.change import Change

EFFECT = "consume_event"
FARTHEST = 5
"""An event that makes a record whose event makes a record … ends here: two apps must not keep each other busy."""
distance: ContextVar[int] = ContextVar("distance_of_events", default=0)
"""How many events of other apps led to what is being done."""


def emit_events(change: Change, happened: Sequence[Event]) -> None:
    """Note, for every enabled app of the municipality that waits for it, what happened to a record by its exports."""
    for emit in change.app.definition.emits.values():
        if emit.record == change.record.record_type and any(event in emit.on for event in happened):
            _emit(change, emit)


def exported_values(change: Change) -> dict[str, Any]:
    """What other apps may know of a record: the fields that its type exports, its id, number and state."""
    names = change.app.definition.exports.get(change.record.record_type, ())
    values: Mapping[str, Any] = change.values()
    found = {name: values.get(name) for name in ("id", "number", "state", *names)}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in found.items()
        if value is not None
    }


def _emit(change: Change, emit: Emit) -> None:
    if definition_is_given():
        return  # In a scenario there are no other apps.
    name = f"{change.app.definition.id}/{emit.id}"
    waiting = [
        one
        for one in list_installations(change.session)
        if name in definition_by_digest(change.session, one.definition_digest).consumes
    ]
    if not waiting:
        return
    far = distance.get()
    if far >= FARTHEST:
        change.note("rule_error", f"emits.{emit.id}", {"error": "Events of apps set off one another without end."})
        return
    row = change.note("emitted", emit.id, {"values": exported_values(change), "to": [one.slug for one in waiting]})
    for one in waiting:
        payload = {"history_id": str(row.id), "installation_id": str(one.id), "event": name, "far": far + 1}
        change.later.append((EFFECT, payload, f"consume:{row.id}:{one.id}"))
