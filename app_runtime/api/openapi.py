"""The interface of one municipality as OpenAPI 3.1, made from the schemas that its enabled apps compile to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from app_catalog.definitions.model import RecordType
from app_catalog.definitions.schemas import record_schema
from app_runtime.api.areas import AREAS_PATH, area_filter, areas_operation
from app_runtime.api.asking import GEOJSON, PAGE
from app_runtime.api.columns import FILTERED_TYPES
from app_runtime.api.family import takes_parent
from app_runtime.api.family_schema import PARENT_HELP, family_members
from app_runtime.api.openapi_shapes import ADDRESS, MOMENT, TEXT, public_fields, read_schema, shape_of_value
from app_runtime.exporting.reading import MOST_ROWS
from app_runtime.exporting.writing import KINDS
from app_runtime.records.paging import LARGEST_PAGE
from lumbung.i18n import current_language, pick, t
from tenants.regions.areas import Areas

if TYPE_CHECKING:
    from app_runtime.api.catalogue import Offer

_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": TEXT,
        "title": TEXT,
        "status": {"type": "integer"},
        "detail": TEXT,
        "request_id": TEXT,
        "errors": {"type": "object", "additionalProperties": {"type": "array", "items": TEXT}},
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

    def shaped(converter: Any, value: Any, **_: Any) -> dict[str, Any]:
        return shape_of_value(value, areas, origin)

    plugin.converter.add_attribute_function(shaped)  # type: ignore[no-untyped-call]
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
        spec.components.schema(name, read_schema(offer.readable, family))
        queries = [_query("parent", str(PARENT_HELP), TEXT)] if takes_parent(definitions, kind.id) else []
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


_MADE = {
    "type": "object",
    "required": ["id", "tracking_code", "track_url"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "number": {"type": ["string", "null"]},
        "tracking_code": TEXT,
        "track_url": ADDRESS,
        "created_at": MOMENT,
    },
}


def _list_operation(name: str, kinds: Sequence[RecordType], queries: Sequence[dict[str, Any]]) -> dict[str, Any]:
    ref = {"$ref": f"#/components/schemas/{name}"}
    page = {
        "type": "object",
        "required": ["items", "next"],
        "properties": {"items": {"type": "array", "items": ref}, "next": {"type": ["string", "null"], "format": "uri"}},
    }
    filters = [_query("state", t("Satu keadaan atau lebih, dipisah koma.", "One or more states, by comma."), TEXT)]
    filters += [*_choice_queries(kinds), *queries]
    return {
        "summary": pick(kinds[0].name),
        "operationId": f"list-{name}",
        "parameters": [
            _query("limit", "", {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE}),
            _query("after", t("Dari “next” halaman sebelumnya.", "From “next” of the page before."), TEXT),
            *filters,
            _query("updated_since", "", MOMENT),
            _query("bbox", t("barat,selatan,timur,utara", "west,south,east,north"), TEXT),
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
        for field, spec in public_fields(kind)
        if spec.type in FILTERED_TYPES
    }
    return [_query(field, label, TEXT) for field, label in choices.items()]


def _export_operation(name: str, kinds: Sequence[RecordType], queries: Sequence[dict[str, Any]]) -> dict[str, Any]:
    kind = {"name": "kind", "in": "path", "required": True, "schema": {"type": "string", "enum": [*KINDS]}}
    state = _query("state", t("Satu keadaan atau lebih, dipisah koma.", "One or more states, by comma."), TEXT)
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
        "schema": TEXT,
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


def _in_place(schema: Any) -> str:
    """No name: groups are described where they stand."""
    return ""
