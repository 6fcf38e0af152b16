"""What the history of a record tells beside the title of an entry, to one reader."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from app_catalog.definitions.model import Action, Field, RecordType
from app_runtime.children.words import child_details, reads_all_children
from app_runtime.records.actors import Actor
from app_runtime.records.models import RecordHistory
from app_runtime.records.permissions import shows_to
from app_runtime.records.presenting import display_value
from app_runtime.records.reached import reached_detail
from app_runtime.records.rule_words import rule_words
from app_runtime.records.running_app import RunningApp
from lumbung.i18n import pick, show_datetime, t

Audience = Literal["public", "resident", "official"]
"""Who is told."""
MOVES = ("moved", "move_undone")
"""The kinds of entries about a move to another version."""


def entry_details(
    app: RunningApp,
    kind: RecordType,
    row: RecordHistory,
    private: Mapping[str, Any],
    allowed: frozenset[str],
    audience: Audience,
    reader: Actor,
) -> list[tuple[str, str]]:
    """What there is to tell as (label, text): values as they became, answers, and for officials what the platform did.

    `private` are the values of the row that are kept apart, `allowed` the names that the reader sees of the record.
    """
    action = kind.workflow.actions.get(row.name) if kind.workflow and row.kind == "action" else None
    moved = {**row.changes.get("fields", {}), **(private.get("fields") or {})}
    told = {**row.changes.get("answers", {}), **(private.get("answers") or {})}
    found = []
    for name, change in moved.items():
        if name in allowed:
            label, text = _labelled(app, _field(kind, action, name), name, change.get("to"), reader)
            if row.kind == "updated":
                before = _labelled(app, _field(kind, action, name), name, change.get("from"), reader)[1]
                text = f"{before or '–'} → {text or '–'}"
            found.append((label, text))
    if "number" in allowed:
        found += [(_number_label(kind, name), number) for name, number in row.changes.get("numbers", {}).items()]
    if audience == "official" or (audience == "resident" and action is not None and asks_resident(kind, row.name)):
        fields = {name: _ask_field(action, name) for name in told}
        seen = {name for name, field in fields.items() if field is None or _told_to(field, audience, reader)}
        found += [_labelled(app, fields[name], name, told[name], reader) for name in told if name in seen]
    if audience == "official":
        found += _platform_details(app, kind, row, reader)
    if row.kind in MOVES:
        found += _move_details(app, kind, row, audience)
    if audience == "official" and row.kind == "imported":
        found += _origin(app, row)
    return [(label, text) for label, text in found if text]


def _told_to(field: Field, audience: Audience, reader: Actor) -> bool:
    """Whether an answer that is no field of the record is for this reader."""
    roles = {*reader.roles, *({"resident"} if audience == "resident" else ())}
    return reader.is_system or any(shows_to(field, role) for role in roles)


def _number_label(kind: RecordType, name: str) -> str:
    spec = kind.numbers.get(name)
    return pick(spec.label) if spec and spec.label else t("Nomor", "Number")


def _platform_details(app: RunningApp, kind: RecordType, row: RecordHistory, reader: Actor) -> list[tuple[str, str]]:
    changes = row.changes
    found = []
    if row.kind in ("message", "escalation"):
        found.append(reached_detail(app, kind, row))
    if "reason" in changes:
        found.append((t("Alasan", "Reason"), str(changes["reason"])))
    if "error" in changes:
        found.append((t("Yang gagal", "What failed"), str(rule_words(kind, row.name))))
        found.append((t("Sebabnya", "The reason"), pick(changes.get("words")) or str(changes["error"])))
    if row.kind == "consumed":
        found.append((t("Asal", "From"), " ".join(str(changes[key]) for key in ("app", "number") if changes.get(key))))
    if row.kind == "child" and reads_all_children(app, kind, row, reader):
        found += child_details(app, changes)
    if row.kind == "rated":
        found.append(_rating(changes))
    return found


def _rating(changes: Mapping[str, Any]) -> tuple[str, str]:
    score, scale = changes["score"], changes["scale"]
    now_it_is = t("{n} dari {of}", "{n} of {of}", n=score["to"], of=scale)
    if score["from"] is None:
        return t("Penilaian", "Rating"), now_it_is
    return t("Penilaian diubah", "Rating changed"), f"{score['from']} → {now_it_is}"


def _move_details(app: RunningApp, kind: RecordType, row: RecordHistory, audience: Audience) -> list[tuple[str, str]]:
    """The state that a move led to; for officials the versions, and the names of what was left behind: their values
    may not be everybody's who reads this."""
    found = []
    if row.from_state != row.to_state and kind.workflow and (state := kind.workflow.states.get(row.to_state or "")):
        found.append((t("Keadaan", "State"), pick(state.label)))
    if audience == "official":
        found.append((t("Versi", "Version"), f"{row.changes.get('from', '')} → {row.changes.get('to', '')}"))
        left = [_label_anywhere(app, kind.id, name) for name in row.changes.get("left", {})]
        found.append((t("Ditinggalkan", "Left behind"), ", ".join(left)))
    return found


def _label_anywhere(app: RunningApp, record_type: str, name: str) -> str:
    fields = [kind.fields[name] for _, kind in app.kinds(record_type) if name in kind.fields]
    return pick(fields[0].label) or name if fields else name


def _origin(app: RunningApp, row: RecordHistory) -> list[tuple[str, str]]:
    """Where an imported record came from."""
    changes = row.changes
    at = changes.get("imported_at")
    return [
        (t("Nomor lama", "Former number"), str(changes.get("number", ""))),
        (t("Kode sumber", "Source id"), str(changes.get("source", ""))),
        (t("Berkas", "File"), f"{changes['file']}, {changes.get('line')}" if changes.get("file") else ""),
        (t("Diimpor", "Imported"), show_datetime(datetime.fromisoformat(at), app.municipality.timezone) if at else ""),
    ]


def asks_resident(kind: RecordType, action_id: str) -> bool:
    """Whether an action is the resident's own, or leads to where the resident answers: its words are meant for them."""
    workflow = kind.workflow
    action = workflow.actions.get(action_id) if workflow else None
    if workflow is None or action is None:
        return False
    if "resident" in action.by:
        return True
    closing = action.to is not None and workflow.states[action.to].end is not None
    return not closing and any(
        "resident" in other.by and action.to is not None and action.to in other.from_states
        for other in workflow.actions.values()
    )


def _field(kind: RecordType, action: Action | None, name: str) -> Field | None:
    return kind.fields.get(name) or _ask_field(action, name)


def _ask_field(action: Action | None, name: str) -> Field | None:
    ask = action.asks.get(name) if action else None
    return ask.field if ask else None


def _labelled(app: RunningApp, field: Field | None, name: str, value: Any, reader: Actor) -> tuple[str, str]:
    if field is None:
        return name, "" if value is None else str(value)
    if field.type == "group" and isinstance(value, Mapping):
        parts = [display_value(app, field.fields[key], part) for key, part in value.items() if key in field.fields]
        return pick(field.label), ", ".join(part for part in parts if part)
    return pick(field.label) or name, display_value(app, field, value, reader)
