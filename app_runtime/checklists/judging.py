"""How a record's checklists stand: what is asked again, what a verdict needs, and what expressions read of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from app_catalog.definitions.model import Action, Ask, Field, RecordType, Text
from app_runtime.records.errors import invalid_answers
from lumbung.i18n import pick, t


def asked_now(kind: RecordType, action: Action, stored: Mapping[str, Any]) -> Action:
    """The action with what it asks of a record that has these values: files of items that were refused or never came,
    and verdicts on what was given."""
    if not any(ask.field.part is not None for ask in action.asks.values()):
        return action
    return replace(
        action, asks={name: _with_note(ask, stored) for name, ask in action.asks.items() if _is_asked(ask, stored)}
    )


def asks_verdict(action: Action) -> bool:
    """Whether whoever takes the action judges what somebody gave."""
    return any(ask.field.part is not None and ask.field.part.kind == "verdict" for ask in action.asks.values())


def check_verdicts(fields: Mapping[str, Field], answers: Mapping[str, Any]) -> None:
    """Raise Invalid where an item is refused and nobody says what is to be mended."""
    errors = {}
    for spec in fields.values():
        if spec.part is not None and spec.part.kind == "verdict" and answers.get(spec.id) == "refused":
            note = f"{spec.part.checklist}:{spec.part.item}:note"
            if note in fields and not answers.get(note):
                errors[note] = [t("Tulis apa yang harus diperbaiki.", "Say what has to be mended.")]
    if errors:
        raise invalid_answers(errors, missing=True)


def flattened(fields: Mapping[str, Field], sent: Mapping[str, Any]) -> dict[str, Any]:
    """Answers in which a checklist is written by item, as `{files, verdict, note}` or as files alone, by its parts."""
    found = {}
    for name, value in sent.items():
        spec = fields.get(name)
        if spec is None or spec.checklist is None or not isinstance(value, Mapping):
            found[name] = value
            continue
        for item, own in value.items():
            parts = own if isinstance(own, Mapping) else {"files": own}
            for part, given in parts.items():
                key = f"{name}:{item}" if part == "files" else f"{name}:{item}:{part}"
                found[key] = [given] if part == "files" and isinstance(given, str) else given
    return found


def checklist_facts(kind: RecordType, stored: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """By checklist what expressions read of it, and what scenarios expect of its items."""
    return {spec.id: _facts(kind, spec.id, stored) for spec in kind.fields.values() if spec.checklist is not None}


def told_checklist(kind: RecordType, name: str, stored: Mapping[str, Any]) -> str:
    """What has to be mended, one item a line, for a message to whoever gives the files."""
    lines = []
    for spec in kind.fields.values():
        part = spec.part
        if part is not None and part.checklist == name and part.kind == "files":
            note = stored.get(f"{spec.id}:note")
            if stored.get(f"{spec.id}:verdict") == "refused":
                lines.append(f"- {pick(spec.label)}: {note}" if note else f"- {pick(spec.label)}")
    return "\n".join(lines)


def emptied_by_files(fields: Mapping[str, Field], values: Mapping[str, Any]) -> Iterator[str]:
    """What is over once new files came for an item: the verdict on the former ones, and its note."""
    for name, value in values.items():
        part = fields[name].part
        if part is not None and part.kind == "files" and value:
            yield from (key for key in (f"{name}:verdict", f"{name}:note") if key not in values)


def _with_note(ask: Ask, stored: Mapping[str, Any]) -> Ask:
    """Files that are asked for again with what was said of the former ones."""
    part = ask.field.part
    note = stored.get(f"{ask.id}:note") if part is not None and part.kind == "files" else None
    return replace(ask, field=replace(ask.field, help=Text({"id": str(note)}))) if note else ask


def _is_asked(ask: Ask, stored: Mapping[str, Any]) -> bool:
    part = ask.field.part
    if part is None:
        return True
    files = f"{part.checklist}:{part.item}"
    if part.kind == "files":
        return not stored.get(files) or stored.get(f"{files}:verdict") == "refused"
    return bool(stored.get(files))


def _facts(kind: RecordType, name: str, stored: Mapping[str, Any]) -> dict[str, Any]:
    items: dict[str, Any] = {}
    refused, waiting, missing = [], [], []
    for spec in kind.fields.values():
        if spec.part is None or spec.part.checklist != name or spec.part.kind != "files":
            continue
        item, verdict = spec.part.item, stored.get(f"{spec.id}:verdict")
        files = stored.get(spec.id) or []
        items[item] = {"files": files, "verdict": verdict, "note": stored.get(f"{spec.id}:note")}
        if verdict == "refused":
            refused.append(item)
        elif files and verdict is None:
            waiting.append(item)
        elif not files and spec.required != "no":
            missing.append(item)
    return {
        **items,
        "complete": not (refused or waiting or missing),
        "refused": refused,
        "waiting": waiting,
        "missing": missing,
    }
