"""Telling other apps of the municipality what happened: noted with the change, delivered by a worker, once each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from app_catalog.definitions.model import Emit, Event
from app_catalog.installations.definitions import definition_by_digest, definition_is_given
from app_catalog.installations.models import Installation
from app_catalog.installations.services import list_installations
from app_runtime.records.change import Change
from lumbung.i18n import Text

EFFECT = "consume_event"
_ENDLESS = Text(
    "Kejadian antaraplikasi saling memicu tanpa akhir, jadi dihentikan.",
    "Events of apps set off one another without end, so they were stopped.",
)
FARTHEST = 5
"""An event that makes a record whose event makes a record … ends here: two apps must not keep each other busy."""
MOST_OF_ONE = 200
"""So many records at most are made of what followed from one event, however many apps tell one another of it."""


@dataclass
class Chain:
    """What is being done follows from events of other apps: from how many in a row, and how many more may follow."""

    far: int = 0
    left: int = MOST_OF_ONE


chain: ContextVar[Chain | None] = ContextVar("chain_of_events", default=None)
"""None while a person, a clock or a schedule is at work."""


def emit_events(change: Change, happened: Sequence[Event]) -> None:
    """Note, for every enabled app of the municipality that waits for it, what happened to a record by its exports."""
    if definition_is_given():
        return  # In a scenario there are no other apps.
    told = [
        (emit, waiting)
        for emit in change.app.definition.emits.values()
        if emit.record == change.record.record_type
        and any(event in emit.on for event in happened)
        and (waiting := _waiting(change, emit))
    ]
    before, count = chain.get(), sum(len(waiting) for _, waiting in told)
    if not told:
        return
    left = MOST_OF_ONE
    if before is not None:
        # What happens to the record later has to do with the other half.
        left = before.left // 2
        before.left -= left
        if before.far >= FARTHEST or left < count:
            for emit, _ in told:
                change.note_rule_error(f"emits.{emit.id}", _ENDLESS)
            return
    following = Chain((before.far if before else 0) + 1, max(left // count - 1, 0))
    for emit, waiting in told:
        _emit(change, emit, waiting, following)


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


def _waiting(change: Change, emit: Emit) -> list[Installation]:
    name = f"{change.app.definition.id}/{emit.id}"
    return [
        one
        for one in list_installations(change.session)
        if name in definition_by_digest(change.session, one.definition_digest).consumes
    ]


def _emit(change: Change, emit: Emit, waiting: Sequence[Installation], following: Chain) -> None:
    name = f"{change.app.definition.id}/{emit.id}"
    row = change.note("emitted", emit.id, {"values": exported_values(change), "to": [one.slug for one in waiting]})
    for one in waiting:
        payload = {"history_id": str(row.id), "installation_id": str(one.id), "event": name, **asdict(following)}
        change.later.append((EFFECT, payload, f"consume:{row.id}:{one.id}"))
