"""What values and records look like, said in JSON Schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app_catalog.definitions.model import Field, RecordType
from app_catalog.definitions.schemas.records import CheckedValue
from app_runtime.api.areas import AREAS_PATH
from app_runtime.api.columns import BUILT_IN, public_names, shows_place
from app_runtime.joining.services import may_be_joined
from lumbung.i18n import pick, t
from tenants.regions.areas import Areas

TEXT: dict[str, Any] = {"type": "string"}
MOMENT = {"type": "string", "format": "date-time"}
ADDRESS = {"type": "string", "format": "uri"}
_POINT = {
    "type": "array",
    "prefixItems": [{"type": "number"}, {"type": "number"}],
    "minItems": 2,
    "maxItems": 2,
    "description": "[longitude, latitude], WGS 84",
}
_FILES = {"type": "array", "items": {"type": "object", "properties": {"url": ADDRESS}}}
_NAME = {"type": "string", "maxLength": 100}
_NAMED = {"type": "object", "properties": {"id": {"type": "string", "format": "uuid"}, "number": {"type": "string"}}}
_IDS = {"type": "array", "items": TEXT, "uniqueItems": True}
_SHAPES: Mapping[str, dict[str, Any]] = {
    "integer": {"type": "integer"},
    "decimal": {"type": "number"},
    "money": {"type": "integer", "description": "rupiah"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "time": {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"},
    "datetime": MOMENT,
    "duration": {"type": "string", "description": "ISO 8601 (P3D, PT48H); P3WD: working days"},
    "markdown": {"type": "string", "contentMediaType": "text/markdown"},
    "choices": _IDS,
    "agencies": _IDS,
    "persons": _IDS,
    "nik": {"type": "string", "pattern": "^[0-9]{16}$"},
    "path": {"type": "array", "items": _POINT, "minItems": 2},
    "url": ADDRESS,
    "stream": ADDRESS,
    "email": {"type": "string", "format": "email"},
    "point": _POINT,
    "files": _FILES,
    "group": {"type": "object"},
    "record": _NAMED,
}
_NUMBERS = {"type": "object", "additionalProperties": {"type": "string"}}
_BUILT_IN: Mapping[str, dict[str, Any]] = {
    "created_at": MOMENT,
    "closed_at": MOMENT,
    "due": MOMENT,
    "open": {"type": "boolean"},
    "overdue": {"type": "boolean"},
}
_MOST_LISTED = 100
"""From so many areas on, where they are listed is told instead."""
_BOUNDS = {"string": ("minLength", "maxLength"), "array": ("minItems", "maxItems")}


def read_schema(kinds: Sequence[RecordType], family: Mapping[str, Any]) -> dict[str, Any]:
    """What a record may hold: it is answered as its own version shows it, so that the versions are described together,
    each member in the words of the newest that has it."""
    shapes: dict[str, list[dict[str, Any]]] = {}
    titles: dict[str, str] = {}
    for kind in kinds:
        for name, spec in public_fields(kind):
            titles.setdefault(name, pick(spec.label))
            shape = _nullable(_shape(spec))
            if shape not in shapes.setdefault(name, []):
                shapes[name].append(shape)
    fields = {
        name: {"title": titles[name], **(found[0] if len(found) == 1 else {"anyOf": found})}
        for name, found in shapes.items()
    }
    allowed = frozenset[str]().union(*(public_names(kind) for kind in kinds))
    built_in = {name: _nullable(_BUILT_IN.get(name, TEXT)) for name in BUILT_IN if name in allowed}
    place = {"place": _nullable(_POINT)} if any(shows_place(kind) for kind in kinds) else {}
    return {
        "type": "object",
        "title": pick(kinds[0].name),
        "required": ["id", "title", "fields", "url"],
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            "title": TEXT,
            **built_in,
            **({"numbers": _NUMBERS} if "number" in allowed and any(len(kind.numbers) > 1 for kind in kinds) else {}),
            "updated_at": MOMENT,
            **({"joined": _joined()} if any(may_be_joined(kind) for kind in kinds) else {}),
            **place,
            "fields": {"type": "object", "properties": fields},
            "url": ADDRESS,
            **family,
        },
    }


def _joined() -> dict[str, Any]:
    told = t("Berapa orang yang juga mengalaminya.", "How many people it is true for as well.")
    return {"type": "integer", "minimum": 0, "description": told}


def public_fields(kind: RecordType) -> Iterator[tuple[str, Field]]:
    """The fields that the interface tells of, by name."""
    allowed = public_names(kind)
    for name, spec in kind.fields.items():
        if name in allowed and not spec.private and spec.type != "point":
            yield name, spec


def shape_of_value(value: Any, areas: Areas, origin: str) -> dict[str, Any]:
    """What a checked value accepts, said in JSON Schema."""
    if not isinstance(value, CheckedValue):
        return {}
    if value.spec.type == "area":
        return _shape_of_area(value, areas.texts(value.spec.of), origin)
    # What is named is sent as its number or id, and answered as both.
    shape = dict(_NAME if value.spec.target is not None else _shape(value.spec))
    if value.options and shape["type"] == "array":
        shape["items"] = {**TEXT, "enum": sorted(value.options)}
    elif value.options:
        shape["enum"] = [*sorted(value.options), *([] if value.required else [None])]
    least, most = _BOUNDS.get(shape["type"], ("minimum", "maximum"))
    bounds: dict[str, Any] = {least: value.spec.min, most: value.spec.max}
    if shape["type"] == "number":
        bounds = {"minimum": value.spec.lowest, "maximum": value.spec.highest}
    shape |= {name: bound for name, bound in bounds.items() if bound is not None}
    return shape if value.required else _nullable(shape)


def _shape(field: Field) -> dict[str, Any]:
    if field.type == "list":
        row = {name: {"title": pick(one.label), **_shape(one)} for name, one in field.fields.items()}
        return {"type": "array", "items": {"type": "object", "properties": row}}
    if field.type == "group":
        members = {name: {"title": pick(one.label), **_shape(one)} for name, one in field.fields.items()}
        return {"type": "object", "properties": members}
    return _SHAPES.get(field.type, TEXT)


def _nullable(shape: Mapping[str, Any]) -> dict[str, Any]:
    return {**shape, "type": [shape["type"], "null"]}


def _shape_of_area(value: CheckedValue, texts: Sequence[str], origin: str) -> dict[str, Any]:
    shape: dict[str, Any] = dict(_NAME)
    if 0 < len(texts) < _MOST_LISTED:
        shape = {**TEXT, "enum": [*texts, *([] if value.required else [None])]}
    elif texts:
        where = t("Salah satu “text” dari {address}.", "One “text” of {address}.", address=f"{origin}{AREAS_PATH}")
        own = value.metadata.get("description")
        shape["description"] = f"{own} {where}" if own else where
    return shape if value.required else _nullable(shape)
