"""What takes whose place when records move to another version: states, fields, and values for what is new.

As JSON: `{"states": {"assigned": "received"}, "fields": {"cost": "price", "note": null}, "values": {"rt": "005"}}`.
A state or field that is not named keeps its name; null leaves a field's value behind, in the history. `values` fills
fields that are required and new.
"""

from __future__ import annotations

from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from typing import Any

from app_catalog.definitions.model import WRITTEN, Definition, Field, RecordType
from lumbung.errors import Invalid
from lumbung.i18n import t


@dataclass(frozen=True, slots=True)
class Mapping:
    """The answers of whoever moves records."""

    states: Dict[str, str] = field(default_factory=dict)
    fields: Dict[str, str | None] = field(default_factory=dict)
    values: Dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The mapping as it is stored."""
        return {"states": dict(self.states), "fields": dict(self.fields), "values": dict(self.values)}

    @classmethod
    def of(cls, stored: Dict[str, Any]) -> Mapping:
        """A stored mapping."""
        return cls(stored.get("states", {}), stored.get("fields", {}), stored.get("values", {}))

    def state(self, state: str) -> str:
        """The state that takes this one's place."""
        return self.states.get(state, state)

    def target(self, name: str) -> str | None:
        """The field that takes this one's place; None when its value is left behind."""
        return self.fields.get(name, name)


@dataclass(frozen=True, slots=True)
class Gaps:
    """What a move from one version to another has to be told."""

    states: tuple[str, ...]
    fields: tuple[str, ...]
    values: tuple[str, ...]

    @property
    def none(self) -> bool:
        """Whether nothing has to be told."""
        return not (self.states or self.fields or self.values)


def find_gaps(before: RecordType, after: RecordType) -> Gaps:
    """States and fields of the old version that the new one lacks (or whose type is another), and fields that the new
    one requires of every record and the old one did not have."""
    old_states = before.workflow.states if before.workflow else {}
    new_states = after.workflow.states if after.workflow else {}
    return Gaps(
        tuple(state for state in old_states if state not in new_states),
        tuple(name for name, spec in before.fields.items() if not _same_kind(spec, after.fields.get(name))),
        tuple(
            name
            for name, spec in after.fields.items()
            if spec.required == "always" and spec.default is None and name not in before.fields
        ),
    )


def candidates(before: Field, after: RecordType) -> list[Field]:
    """The fields of the new version that could take a field's place: of its type, or a text for anything short."""
    return [spec for spec in after.fields.values() if _could_take(before, spec)]


def check_mapping(before: Definition, after: Definition, record_type: str, mapping: Mapping) -> None:
    """Raise Invalid, with an error for each answer that is missing or cannot be."""
    old, new = before.records.get(record_type), after.records.get(record_type)
    if old is None or new is None:
        message = t("Versi itu tidak punya jenis berkas ini.", "That version has no records of this type.")
        raise Invalid(fields={"record_type": [message]})
    errors = {**_state_errors(old, new, mapping), **_field_errors(old, new, mapping)}
    for name in mapping.values:
        if name not in new.fields:
            errors[f"values.{name}"] = [_unknown()]
    for name in find_gaps(old, new).values:
        taken = any(target == name for target in mapping.fields.values())
        if not taken and mapping.values.get(name) in (None, "", [], {}):
            errors[f"values.{name}"] = [
                t("Isi nilai untuk berkas yang dipindah.", "Give a value for the records that move.")
            ]
    if errors:
        raise Invalid(fields=errors)


def _state_errors(old: RecordType, new: RecordType, mapping: Mapping) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    states = new.workflow.states if new.workflow else {}
    for state in {**(old.workflow.states if old.workflow else {}), **mapping.states}:
        if states and mapping.state(state) not in states:
            errors[f"states.{state}"] = [t("Pilih status penggantinya.", "Choose the state that takes its place.")]
    return errors


def _field_errors(old: RecordType, new: RecordType, mapping: Mapping) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    answered = set(mapping.fields)
    for name in find_gaps(old, new).fields:
        if name not in answered:
            errors[f"fields.{name}"] = [
                t("Pilih isian penggantinya, atau tinggalkan.", "Choose the field that takes its place, or leave it.")
            ]
    taken: dict[str, str] = {}
    for name, target in mapping.fields.items():
        if name not in old.fields or (target is not None and target not in new.fields):
            errors[f"fields.{name}"] = [_unknown()]
        elif target is not None and not _could_take(old.fields[name], new.fields[target]):
            errors[f"fields.{name}"] = [
                t("Isian itu tidak dapat memuat nilai ini.", "That field cannot hold this value.")
            ]
        elif target is not None and taken.setdefault(target, name) != name:
            errors[f"fields.{name}"] = [
                t("Isian itu sudah menggantikan yang lain.", "That field takes another one’s place already.")
            ]
    return errors


_TEXTS = WRITTEN | {"text"}
_SHORT = _TEXTS | {
    *("integer", "decimal", "money", "date", "time", "choice", "choices"),
    *("email", "phone", "url", "stream", "area", "agencies"),
}


def _same_kind(before: Field, after: Field | None) -> bool:
    return after is not None and after.type == before.type and after.private == before.private


def _fits(before: Field, after: Field) -> bool:
    return after.type == before.type or (after.type in _TEXTS and before.type in _SHORT)


def _could_take(before: Field, after: Field) -> bool:
    # A value may become better protected by a move, never less.
    return _fits(before, after) and (after.private or not before.private)


def _unknown() -> str:
    return t("Isian ini tidak dikenal.", "This field is not known.")
