"""What a record is once its move is taken back: as it was before, with what people did to it since."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from dataclasses import dataclass
from typing import Any

from app_catalog.definitions.model import RecordType
from app_catalog.definitions.schemas.niks import Nik
from app_runtime.records.answers import Answers
from app_runtime.records.change import Change
from app_runtime.upgrades.mapping import Mapping
from app_runtime.upgrades.models import MovedRecord
from lumbung.errors import Invalid
from lumbung.i18n import t


@dataclass(frozen=True, slots=True)
class Undone:
    """State and values by the old version's fields; `left` are values that only the new version could hold, and
    `untouched` says that nobody did anything to the record since it moved."""

    state: str
    values: Dict[str, Any]
    left: Dict[str, Any]
    renamed: Dict[str, str]
    untouched: bool
    owner_changed: bool


def reconcile(
    change: Change,
    new_kind: RecordType,
    mapping: Mapping,
    moved: MovedRecord,
    now_is: Dict[str, Any],
    current: Dict[str, Any],
) -> Undone:
    """What `change.record_type` (the old version's) gets: values of before where nobody changed them since, else those
    of now (`current`). Raises Invalid, by field, for a state or value of now that the old version cannot hold."""
    assert moved.before is not None
    assert moved.after is not None
    before, after = moved.before, moved.after
    kind = change.record_type
    errors: dict[str, list[str]] = {}
    values, changed = _values(kind, new_kind, mapping, moved, current)
    values.update(_cleaned(change, changed, errors))
    state = before["state"] if now_is["state"] == after["state"] else _state_back(kind, now_is["state"], errors)
    if errors:
        raise Invalid(fields=errors)
    used = {mapping.target(name) for name in kind.fields}
    return Undone(
        state=state,
        values=values,
        left={name: value for name, value in current.items() if name not in used},
        renamed={name: target for name, target in mapping.fields.items() if target is not None and target != name},
        untouched=change.record.version == moved.version_after,
        owner_changed=any(now_is[name] != after[name] for name in ("agency_id", "assignee_id")),
    )


def _values(
    kind: RecordType, new_kind: RecordType, mapping: Mapping, moved: MovedRecord, current: Dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Values by the old version's fields that need no second look, and those that somebody gave since the move."""
    assert moved.before is not None
    assert moved.after is not None
    old = {**moved.before["data"], **(moved.private or {})}
    kept: dict[str, Any] = {}
    changed: dict[str, Any] = {}
    for name, spec in kind.fields.items():
        target = mapping.target(name) or ""
        left_behind = target not in new_kind.fields
        personal = not left_behind and (spec.private or new_kind.fields[target].private)
        if left_behind or (not personal and current.get(target) == moved.after["data"].get(target)):
            if name in old:
                # The same, but whole.
                kept[name] = current[target] if isinstance(current.get(target), Nik) else old[name]
        elif target in current:
            # What is personal is kept once only, in the record itself: what stands there now counts.
            (kept if personal else changed)[name] = current[target]
    return kept, changed


def _cleaned(change: Change, values: dict[str, Any], errors: dict[str, list[str]]) -> dict[str, Any]:
    fields = {name: spec for name, spec in change.record_type.fields.items() if name in values}
    asked = {name: spec for name, spec in fields.items() if spec.type != "files"}
    try:
        cleaned = Answers(change.app, asked, "scenario", change.scope, None).clean(
            {name: values[name] for name in asked}, partial=True
        )
    except Invalid as error:
        errors.update(error.fields)
        return values
    return {**values, **cleaned}


def _state_back(kind: RecordType, state: str, errors: dict[str, list[str]]) -> str:
    if kind.workflow is not None and state not in kind.workflow.states:
        errors["state"] = [
            t(
                "Berkas sudah berstatus “{state}”, yang tidak ada di versi lama.",
                "The record has come to the state “{state}”, which the old version does not have.",
                state=state,
            )
        ]
    return state
