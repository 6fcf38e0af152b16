"""The written form of a mapping, and what it must fit: the columns of the file and the record type."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any
from zoneinfo import available_timezones

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, pre_load, validate

from app_catalog.definitions.model import Definition, RecordType
from app_catalog.definitions.model.families import parent_types
from app_runtime.imports.mapping import DUPLICATES, FAR_KILOMETRES, HISTORY, SPECIAL, UNMAPPED, Mapping, Source
from lumbung.errors import Invalid
from lumbung.i18n import t

_LONGEST = 200
PLACEHOLDER = re.compile(r"\{([^{}]{1,100})\}")


class SourceSchema(Schema):
    """A source; a bare text is the name of a column."""

    class Meta:
        unknown = RAISE

    column = fields.String(allow_none=True, validate=validate.Length(max=_LONGEST))
    constant = fields.Raw(allow_none=True)
    default = fields.Raw(allow_none=True)
    derived = fields.String(allow_none=True, validate=validate.Length(max=1000))
    values = fields.Dict(keys=fields.String(), values=fields.String(), validate=validate.Length(max=1000))
    longitude = fields.String(allow_none=True, validate=validate.Length(max=_LONGEST))
    latitude = fields.String(allow_none=True, validate=validate.Length(max=_LONGEST))
    truncate = fields.Boolean()

    @pre_load
    def _short_form(self, data: Any, **_: Any) -> Any:
        return {"column": data} if isinstance(data, str) else data

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Source:
        return Source(**data)


class MappingSchema(Schema):
    """A mapping."""

    class Meta:
        unknown = RAISE

    fields_ = fields.Dict(
        keys=fields.String(), values=fields.Nested(SourceSchema), data_key="fields", attribute="fields"
    )
    created_at = fields.Nested(SourceSchema, allow_none=True)
    updated_at = fields.Nested(SourceSchema, allow_none=True)
    closed_at = fields.Nested(SourceSchema, allow_none=True)
    state = fields.Nested(SourceSchema, allow_none=True)
    agency = fields.Nested(SourceSchema, allow_none=True)
    number = fields.Nested(SourceSchema, allow_none=True)
    source_id = fields.Nested(SourceSchema, allow_none=True)
    parent = fields.Nested(SourceSchema, allow_none=True)
    zone = fields.String(allow_none=True)
    history = fields.String(validate=validate.OneOf(HISTORY))
    unmapped = fields.String(validate=validate.OneOf(UNMAPPED))
    closed_state = fields.String(allow_none=True)
    lenient = fields.Boolean()
    checked = fields.Boolean()
    duplicates = fields.String(validate=validate.OneOf(DUPLICATES))
    radius_km = fields.Float(validate=validate.Range(min=1, max=2000))

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Mapping:
        return Mapping(**data)


def read_mapping(data: Any) -> Mapping:
    """The mapping in its written form. Raises Invalid with every mistake by its path."""
    try:
        mapping: Mapping = MappingSchema().load(data)
    except ValidationError as error:
        messages = error.messages if isinstance(error.messages, dict) else {"mapping": error.messages}
        raise Invalid(fields=dict(_flat(messages))) from error
    return mapping


def write_mapping(mapping: Mapping) -> dict[str, Any]:
    """The written form of a mapping, without what is empty or as it is anyway."""
    plain = Mapping()
    written: dict[str, Any] = {"fields": {name: _written(source) for name, source in mapping.fields.items()}}
    for name in SPECIAL:
        source = getattr(mapping, name)
        if source is not None:
            written[name] = _written(source)
    for name in ("zone", "history", "unmapped", "closed_state", "lenient", "checked", "duplicates", "radius_km"):
        if getattr(mapping, name) != getattr(plain, name):
            written[name] = getattr(mapping, name)
    return written


def check_mapping(mapping: Mapping, definition: Definition, kind: RecordType, columns: Collection[str]) -> None:
    """Raise Invalid unless the mapping fits: fields of the type, columns of the file, a known zone, a final state, and
    a parent where the type has one."""
    errors: dict[str, list[str]] = {}
    known = set(field_names(kind))
    for name in mapping.fields:
        if name not in known:
            errors.setdefault(name, []).append(t("Isian ini tidak ada.", "There is no such field."))
    for name, source in mapping.sources().items():
        for column in (*source.columns, *PLACEHOLDER.findall(source.derived or "")):
            if column not in columns:
                errors.setdefault(name, []).append(
                    t("Kolom “{column}” tidak ada di berkas.", "The file has no column “{column}”.", column=column)
                )
    if mapping.zone is not None and mapping.zone not in available_timezones():
        errors["zone"] = [t("Zona waktu tidak dikenal.", "There is no such time zone.")]
    ends = {state.id for state in kind.workflow.states.values() if state.end} if kind.workflow else set()
    if mapping.closed_state is not None and mapping.closed_state not in ends:
        errors["closed_state"] = [t("Bukan status akhir.", "This is no final state.")]
    errors |= _family_errors(mapping, definition, kind)
    if not mapping.fields:
        errors["fields"] = [t("Pilih paling sedikit satu kolom.", "Choose at least one column.")]
    if errors:
        raise Invalid(fields=errors)


def _family_errors(mapping: Mapping, definition: Definition, kind: RecordType) -> dict[str, list[str]]:
    if mapping.parent is None or parent_types([definition], kind.id):
        return {}
    return {"parent": [t("Jenis ini tidak memiliki induk.", "Records of this type belong to none.")]}


def field_names(kind: RecordType) -> list[str]:
    """The fields that a mapping may name, members of groups with a dot."""
    found = []
    for field in kind.fields.values():
        if field.computed is not None or field.type in ("nik", "list", "checklist") or field.part:
            continue
        found += (
            [f"{field.id}.{member}" for member, spec in field.fields.items() if spec.type != "nik"]
            if field.type == "group"
            else [field.id]
        )
    return found


def _written(source: Source) -> dict[str, Any]:
    plain = Source()
    return {
        name: dict(value) if name == "values" else value
        for name in Source.__dataclass_fields__
        if (value := getattr(source, name)) != getattr(plain, name)
    }


def _flat(messages: dict[Any, Any], prefix: str = "") -> Iterable[tuple[str, list[str]]]:
    for key, value in messages.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", [str(text) for text in value]


__all__ = ["FAR_KILOMETRES", "MappingSchema", "check_mapping", "field_names", "read_mapping", "write_mapping"]
