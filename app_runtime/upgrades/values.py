"""The values of a record as another version's fields hold them."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from dataclasses import dataclass, replace
from typing import Any

from app_catalog.definitions.model import WRITTEN, Field, RecordType
from app_catalog.definitions.model.texts import Text
from app_runtime.records.answers import EMPTY, Answers
from app_runtime.records.change import Change
from app_runtime.upgrades.mapping import Mapping

_NO_TEXT = Text({})
_TEXTS = WRITTEN | {"text"}


@dataclass(frozen=True, slots=True)
class Carried:
    """Values by the new version's fields, and what was left behind by the old one's."""

    values: Dict[str, Any]
    left: Dict[str, Any]
    renamed: Dict[str, str]


def carry_over(change: Change, before: RecordType, stored: Dict[str, Any], mapping: Mapping) -> Carried:
    """The values of a record, once it is `change.record_type`'s.

    Values whose field is another than it was are cleaned as answers are; what has not changed is taken as it is, so
    that an old record is not refused for what nobody asked of it. Raises Invalid with every error by the new field.
    """
    after = change.record_type
    values: dict[str, Any] = {}
    left: dict[str, Any] = {}
    renamed: dict[str, str] = {}
    doubtful: set[str] = set()
    for name, value in stored.items():
        target = mapping.target(name)
        if target is None or target not in after.fields:
            left[name] = value
            continue
        old, new = before.fields[name], after.fields[target]
        values[target] = _as_text(value) if new.type in _TEXTS and new.type != old.type else value
        if target != name:
            renamed[name] = target
        if not _same_rules(old, new):
            doubtful.add(target)
    for name, value in mapping.values.items():
        if values.get(name) in EMPTY and value not in EMPTY:
            values[name] = value
            doubtful.add(name)
    # Files are stored and were looked at when they came.
    asked = {name: after.fields[name] for name in doubtful if after.fields[name].type != "files"}
    sent = {name: values[name] for name in asked}
    cleaned = Answers(change.app, asked, "scenario", change.scope, None).clean(sent, partial=True)
    return Carried({**values, **{name: cleaned[name] for name in asked if name in cleaned}}, left, renamed)


def _same_rules(before: Field, after: Field) -> bool:
    return _rules(before) == _rules(after)


def _rules(spec: Field) -> Field:
    """The field without its words and its place."""
    inner = {name: _rules(member) for name, member in spec.fields.items()}
    return replace(spec, id="", label=_NO_TEXT, help=None, order=0, fields=inner)


def _as_text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return value if isinstance(value, str) else str(value)
