"""One step of a record: an action's answers written, its state moved, its history noted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app_catalog.definitions.model import Action, Event
from app_runtime.checklists.judging import check_verdicts
from app_runtime.records.answers import Channel
from app_runtime.records.change import Change, Opening
from app_runtime.records.deriving import derive_open
from app_runtime.records.errors import invalid_answers
from app_runtime.records.numbering import give_numbers
from app_runtime.records.permissions import read_access
from app_runtime.workflow.asking import clean_answers
from app_runtime.workflow.setting import find_member, set_by_rule, write_values
from lumbung.i18n import t

OWNERS = ("agency", "assignee")
"""Built-in attributes that an ask may set."""


def clean_asks(change: Change, action: Action, sent: Mapping[str, Any], *, channel: Channel) -> dict[str, Any]:
    """The cleaned answers to an action's asks; None empties the field that an ask sets. Raises Invalid with every error
    at once."""
    cleaned = clean_answers(change, action, sent, channel=channel)
    check_verdicts({ask.id: ask.field for ask in action.asks.values()}, cleaned)
    for ask in action.asks.values():
        if ask.sets == "assignee" and cleaned.get(ask.id) and find_member(change, str(cleaned[ask.id])) is None:
            message = t("Pilih seorang pegawai yang aktif.", "Choose somebody who works here.")
            raise invalid_answers({ask.id: [message]}, missing=False)
    return cleaned


def apply_action(change: Change, action: Action, answers: Mapping[str, Any]) -> list[Event]:
    """Take an action whose answers are clean and that was checked; returns what happened by it."""
    record, before = change.record, change.record.state
    old_values = change.values()
    written: dict[str, Any] = {}
    told: dict[str, Any] = {}
    for ask in action.asks.values():
        if ask.id not in answers:
            continue
        if ask.sets is None:
            told[ask.id] = answers[ask.id]
        else:
            written[ask.sets] = answers[ask.id]
    write_values(change, written)
    written |= set_by_rule(change, action.sets, rule=f"{action.id}.sets", extra={"asks": answers})
    if action.to is not None:
        _move(change, action.to)
    _note_action(change, action, before, old_values, written, told, give_numbers(change, on=action.id))
    if action.fan_out is not None:
        rule, spec = f"{action.id}.fan_out", action.fan_out
        change.opening.append(Opening(rule, spec.record, spec.values, change.actor, dict(answers), spec))
    events = [Event("action", action.id)]
    if record.state != before:
        events.append(Event("state", record.state))
    return events


def _move(change: Change, state: str) -> None:
    record = change.record
    was_open = record.open
    record.state = state
    derive_open(record, change.record_type)
    if was_open and not record.open:
        record.closed_at = change.at
    elif record.open:
        record.closed_at = None


def _note_action(
    change: Change,
    action: Action,
    before: str,
    old_values: Mapping[str, Any],
    written: Mapping[str, Any],
    told: Mapping[str, Any],
    numbers: Mapping[str, str],
) -> None:
    fields = change.record_type.fields
    personal = {name for name in written if name in fields and fields[name].private}
    moved = {name: {"from": old_values.get(name), "to": value} for name, value in written.items()}
    # What a citizen writes freely may hold personal data, so erasure must be able to empty it.
    citizen = change.actor.kind in ("visitor", "resident")
    own = {name for name in told if citizen or action.asks[name].field.private}
    private = {
        "fields": {name: value for name, value in moved.items() if name in personal},
        "answers": {name: value for name, value in told.items() if name in own},
    }
    change.note(
        "action",
        action.id,
        {
            "fields": {name: value for name, value in moved.items() if name not in personal},
            "answers": {name: value for name, value in told.items() if name not in own},
            **({"numbers": dict(numbers)} if numbers else {}),
        },
        private=private if any(private.values()) else None,
        from_state=before,
        public=change.record.state != before or bool(set(written) & _public_fields(change)),
    )


def _public_fields(change: Change) -> set[str]:
    access = read_access(change.record_type, "public")
    return set(access.fields or change.record_type.fields) if access else set()
