"""The interface of one municipality as OpenAPI 3.1, made from the schemas that its enabled apps compile to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from app_catalog.definitions.model import Field, RecordType
from app_catalog.definitions.schemas import record_schema
from app_catalog.definitions.schemas.records import CheckedValue
from app_runtime.api.areas import AREAS_PATH, area_filter, areas_operation
from app_runtime.api.asking import GEOJSON, PAGE
from app_runtime.api.columns import BUILT_IN, FILTERED_TYPES, public_names, shows_place
from app_runtime.api.family import takes_parent
from app_runtime.api.family_schema import PARENT_HELP, family_members
from app_runtime.exporting.reading import MOST_ROWS
from app_runtime.exporting.writing import KINDS
from app_runtime.joining.services import may_be_joined
from app_runtime.records.paging import LARGEST_PAGE
from lumbung.i18n import current_language, pick, t
from tenants.regions.areas import Areas

if TYPE_CHECKING:
    from app_runtime.api.catalogue import Offer

_TEXT: dict[str, Any] = {"type": "string"}
_MOMENT = {"type": "string", "format": "date-time"}
_ADDRESS = {"type": "string", "format": "uri"}
_POINT = {
    "type": "array",
    "prefixItems": [{"type": "number"}, {"type": "number"}],
    "minItems": 2,
    "maxItems": 2,
    "description": "[longitude, latitude], WGS 84",
}
_FILES = {"type": "array", "items": {"type": "object", "properties": {"url": _ADDRESS}}}
_NAME = {"type": "string", "maxLength": 100}
_NAMED = {"type": "object", "properties": {"id": {"type": "string", "format": "uuid"}, "number": {"type": "string"}}}
_IDS = {"type": "array", "items": _TEXT, "uniqueItems": True}
_SHAPES: Mapping[str, dict[str, Any]] = {
    "integer": {"type": "integer"},
    "decimal": {"type": "number"},
    "money": {"type": "integer", "description": "rupiah"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "time": {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"},
    "datetime": _MOMENT,
    "duration": {"type": "string", "description": "ISO 8601 (P3D, PT48H); P3WD: working days"},
    "markdown": {"type": "string", "contentMediaType": "text/markdown"},
    "choices": _IDS,
    "agencies": _IDS,
    "persons": _IDS,
    "nik": {"type": "string", "pattern": "^[0-9]{16}$"},
    "path": {"type": "array", "items": _POINT, "minItems": 2},
    "url": _ADDRESS,
    "stream": _ADDRESS,
    "email": {"type": "string", "format": "email"},
    "point": _POINT,
    "files": _FILES,
    "group": {"type": "object"},
    "record": _NAMED,
}
_NUMBERS = {"type": "object", "additionalProperties": {"type": "string"}}
_BUILT_IN: Mapping[str, dict[str, Any]] = {
    "created_at": _MOMENT,
    "closed_at": _MOMENT,
    "due": _MOMENT,
    "open": {"type": "boolean"},
    "overdue": {"type": "boolean"},
}
_MOST_LISTED = 100
"""From so many areas on, where they are listed is told instead."""
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "request_id": _TEXT,
        "errors": {"type": "object", "additionalProperties": {"type": "array", "items": _TEXT}},
    },
}


def make_openapi(name: str, origin: str, offers: Sequence[Offer]) -> dict[str, Any]:
    """The document for these offers, in the reader's language."""
    plugin = MarshmallowPlugin(schema_name_resolver=_in_place)
    spec = APISpec(
        title=t("Antarmuka {name}", "Interface of {name}", name=name),
        version="1",
        openapi_version="3.1.0",
        servers=[{"url": origin}],
        plugins=[plugin],
    )
    assert plugin.converter is not None
    areas = offers[0].app.areas if offers else Areas()

    def shape_of_value(converter: Any, value: Any, **_: Any) -> dict[str, Any]:
        return _shape_of_value(value, areas, origin)

    plugin.converter.add_attribute_function(shape_of_value)  # type: ignore[no-untyped-call]
    spec.components.schema("Problem", _PROBLEM)
    spec.path(AREAS_PATH, operations={"get": areas_operation()})
    for offer in offers:
        _describe(spec, offer)
    document: dict[str, Any] = spec.to_dict()
    return document


def _describe(spec: APISpec, offer: Offer) -> None:
    slug, kind = offer.app.installation.slug, offer.kind
    name = f"{slug}.{kind.id}"
    listed: dict[str, Any] = {}
    if offer.reads:
        definitions = offer.app.definitions
        family = family_members(definitions, kind.id, offer.readable)
        spec.components.schema(name, _read_schema(offer.readable, family))
        queries = [_query("parent", str(PARENT_HELP), _TEXT)] if takes_parent(definitions, kind.id) else []
        listed["get"] = _list_operation(name, offer.readable, queries)
        one = {"get": _one_operation(name, kind)}
        spec.path(f"{offer.path}/{{reference}}", operations=one)
        spec.path(f"{offer.path}/export.{{kind}}", operations={"get": _export_operation(name, offer.readable, queries)})
    if offer.sends:
        sent = record_schema(
            kind, settings=offer.app.settings, lang=current_language(), only=sorted(offer.sends), on_form=False
        )
        spec.components.schema(f"{name}.sent", schema=sent)
        spec.components.schema(f"{name}.made", _MADE)
        listed["post"] = _send_operation(name, kind)
    spec.path(offer.path, operations=listed)


def _read_schema(kinds: Sequence[RecordType], family: Mapping[str, Any]) -> dict[str, Any]:
    """What a record may hold: it is answered as its own version shows it, so that the versions are described together,
    each member in the words of the newest that has it."""
    shapes: dict[str, list[dict[str, Any]]] = {}
    titles: dict[str, str] = {}
    for kind in kinds:
        for name, spec in _public_fields(kind):
            titles.setdefault(name, pick(spec.label))
            shape = _nullable(_shape(spec))
            if shape not in shapes.setdefault(name, []):
                shapes[name].append(shape)
    fields = {
        name: {"title": titles[name], **(found[0] if len(found) == 1 else {"anyOf": found})}
        for name, found in shapes.items()
    }
    allowed = frozenset[str]().union(*(public_names(kind) for kind in kinds))
    built_in = {name: _nullable(_BUILT_IN.get(name, _TEXT)) for name in BUILT_IN if name in allowed}
    place = {"place": _nullable(_POINT)} if any(shows_place(kind) for kind in kinds) else {}
    return {
        "type": "object",
        "title": pick(kinds[0].name),
        "required": ["id", "title", "fields", "url"],
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            "title": _TEXT,
            **built_in,
            **({"numbers": _NUMBERS} if "number" in allowed and any(len(kind.numbers) > 1 for kind in kinds) else {}),
            "updated_at": _MOMENT,
            **({"joined": _joined()} if any(may_be_joined(kind) for kind in kinds) else {}),
            **place,
            "fields": {"type": "object", "properties": fields},
            "url": _ADDRESS,
            **family,
        },
    }


def _joined() -> dict[str, Any]:
    told = t("Berapa orang yang juga mengalaminya.", "How many people it is true for as well.")
    return {"type": "integer", "minimum": 0, "description": told}


def _public_fields(kind: RecordType) -> Iterator[tuple[str, Field]]:
    allowed = public_names(kind)
    for name, spec in kind.fields.items():
        if name in allowed and not spec.private and spec.type != "point":
            yield name, spec


_MADE = {
    "type": "object",
    "required": ["id", "tracking_code", "track_url"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "number": {"type": ["string", "null"]},
        "tracking_code": _TEXT,
        "track_url": _ADDRESS,
        "created_at": _MOMENT,
    },
}


def _list_operation(name: str, kinds: Sequence[RecordType], queries: Sequence[dict[str, Any]]) -> dict[str, Any]:
    ref = {"$ref": f"#/components/schemas/{name}"}
    page = {
        "type": "object",
        "required": ["items", "next"],
        "properties": {"items": {"type": "array", "items": ref}, "next": {"type": ["string", "null"], "format": "uri"}},
    }
    filters = [_query("state", t("Satu keadaan atau lebih, dipisah koma.", "One or more states, by comma."), _TEXT)]
    filters += [*_choice_queries(kinds), *queries]
    return {
        "summary": pick(kinds[0].name),
        "operationId": f"list-{name}",
        "parameters": [
            _query("limit", "", {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE}),
            _query("after", t("Dari “next” halaman sebelumnya.", "From “next” of the page before."), _TEXT),
            *filters,
            _query("updated_since", "", _MOMENT),
            _query("bbox", t("barat,selatan,timur,utara", "west,south,east,north"), _TEXT),
            _query("format", "", {"type": "string", "enum": ["geojson"]}),
        ],
        "responses": {
            "200": {
                "description": "OK",
                "content": {"application/json": {"schema": page}, GEOJSON: {"schema": {"type": "object"}}},
            },
            "304": {"description": t("Tidak berubah", "Not modified")},
            **_problems("404", "422"),
        },
    }


def _choice_queries(kinds: Sequence[RecordType]) -> list[dict[str, Any]]:
    choices = {
        field: area_filter(pick(spec.label)) if spec.type == "area" else pick(spec.label)
        for kind in reversed(kinds)
        for field, spec in _public_fields(kind)
        if spec.type in FILTERED_TYPES
    }
    return [_query(field, label, _TEXT) for field, label in choices.items()]


def _export_operation(name: str, kinds: Sequence[RecordType], queries: Sequence[dict[str, Any]]) -> dict[str, Any]:
    kind = {"name": "kind", "in": "path", "required": True, "schema": {"type": "string", "enum": [*KINDS]}}
    state = _query("state", t("Satu keadaan atau lebih, dipisah koma.", "One or more states, by comma."), _TEXT)
    content = {media.split(";")[0]: {"schema": {"type": "string", "format": "binary"}} for media in KINDS.values()}
    return {
        "summary": t("Berkas: {what}", "File: {what}", what=pick(kinds[0].name)),
        "description": t("Paling banyak {n} baris.", "At most {n} rows.", n=MOST_ROWS),
        "operationId": f"export-{name}",
        "parameters": [kind, state, *_choice_queries(kinds), *queries],
        "responses": {"200": {"description": "OK", "content": content}, **_problems("404", "422", "429")},
    }


def _one_operation(name: str, kind: RecordType) -> dict[str, Any]:
    reference = {
        "name": "reference",
        "in": "path",
        "required": True,
        "description": t("Id atau nomor.", "Id or number."),
        "schema": _TEXT,
    }
    return {
        "summary": pick(kind.name),
        "operationId": f"get-{name}",
        "parameters": [reference],
        "responses": {"200": _answer(name), "304": {"description": "304"}, **_problems("404")},
    }


def _send_operation(name: str, kind: RecordType) -> dict[str, Any]:
    key = {
        "name": "Idempotency-Key",
        "in": "header",
        "description": t("Ulangan dalam 72 jam aman.", "Makes a repeat within 72 hours safe."),
        "schema": {"type": "string", "minLength": 8, "maxLength": 200},
    }
    schema = {"$ref": f"#/components/schemas/{name}.sent"}
    return {
        "summary": pick(kind.name),
        "operationId": f"send-{name}",
        "parameters": [key],
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": {"201": _answer(f"{name}.made"), **_problems("404", "409", "415", "422", "429")},
    }


def _query(name: str, description: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    described = {"description": description} if description else {}
    return {"name": name, "in": "query", **described, "schema": dict(schema)}


def _answer(name: str) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{name}"}
    return {"description": "OK", "content": {"application/json": {"schema": schema}}}


def _problems(*statuses: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": "RFC 9457", "content": content} for status in statuses}


def _shape(field: Field) -> dict[str, Any]:
    if field.type == "list":
        row = {name: {"title": pick(one.label), **_shape(one)} for name, one in field.fields.items()}
        return {"type": "array", "items": {"type": "object", "properties": row}}
    if field.type == "group":
        members = {name: {"title": pick(one.label), **_shape(one)} for name, one in field.fields.items()}
        return {"type": "object", "properties": members}
    return _SHAPES.get(field.type, _TEXT)


def _nullable(shape: Mapping[str, Any]) -> dict[str, Any]:
    return {**shape, "type": [shape["type"], "null"]}


def _shape_of_area(value: CheckedValue, texts: Sequence[str], origin: str) -> dict[str, Any]:
    shape: dict[str, Any] = dict(_NAME)
    if 0 < len(texts) < _MOST_LISTED:
        shape = {**_TEXT, "enum": [*texts, *([] if value.required else [None])]}
    elif texts:
        where = t("Salah satu “text” dari {address}.", "One “text” of {address}.", address=f"{origin}{AREAS_PATH}")
        own = value.metadata.get("description")
        shape["description"] = f"{own} {where}" if own else where
    return shape if value.required else _nullable(shape)


_BOUNDS = {"string": ("minLength", "maxLength"), "array": ("minItems", "maxItems")}


def _in_place(schema: Any) -> str:
    """No name: groups are described where they stand."""
    return ""


def _shape_of_value(value: Any, areas: Areas, origin: str) -> dict[str, Any]:
    """What a checked value accepts, said in JSON Schema."""
    if not isinstance(value, CheckedValue):
        return {}
    if value.spec.type == "area":
        return _shape_of_area(value, areas.texts(value.spec.of), origin)
    # What is named is sent as its number or id, and answered as both.
    shape = dict(_NAME if value.spec.target is not None else _shape(value.spec))
    if value.options and shape["type"] == "array":
        shape["items"] = {**_TEXT, "enum": sorted(value.options)}
    elif value.options:
        shape["enum"] = [*sorted(value.options), *([] if value.required else [None])]
    least, most = _BOUNDS.get(shape["type"], ("minimum", "maximum"))
    bounds: dict[str, Any] = {least: value.spec.min, most: value.spec.max}
    if shape["type"] == "number":
        bounds = {"minimum": value.spec.lowest, "maximum": value.spec.highest}
    shape |= {name: bound for name, bound in bounds.items() if bound is not None}
    return shape if value.required else _nullable(shape)
