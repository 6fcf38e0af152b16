"""The hub's interface as OpenAPI 3.1: every route below `/api/v1`, with the schemas of those that say theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema
from werkzeug.routing import Rule

from app_catalog.catalog.documents import MOST, SORTS, USUAL
from app_catalog.catalog.schemas import AppDetailOut, AppListOut
from app_catalog.definitions.shape.records import CATEGORIES
from lumbung.i18n import Text, t
from lumbung.web.sites import LumbungFlask

PREFIX = "/api/v1"
_VARIABLE = re.compile(r"<(?:(\w+):)?(\w+)>")
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_TEXT: dict[str, Any] = {"type": "string"}
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


@dataclass(frozen=True, slots=True)
class Operation:
    """What a route says of itself: its summary, its answer, and what may be asked in the query (name, what it means,
    JSON Schema of its value)."""

    summary: Text
    answer: type[Schema] | None = None
    query: tuple[tuple[str, Text, dict[str, Any]], ...] = ()


_OPERATIONS: dict[str, Operation] = {}


def register_hub_operation(endpoint: str, operation: Operation) -> None:
    """Describe a route of the hub's interface; one that is not described stands there with its path alone."""
    _OPERATIONS[endpoint] = operation


def describe_hub(app: LumbungFlask, origin: str) -> dict[str, Any]:
    """The document, in the reader's language."""
    spec = APISpec(
        title=t("Antarmuka katalog Lumbung", "Interface of the Lumbung catalog"),
        version="1",
        openapi_version="3.1.0",
        servers=[{"url": origin}],
        plugins=[MarshmallowPlugin()],
    )
    spec.components.schema("Problem", _PROBLEM)
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    for rule in _rules(app):
        spec.path(_VARIABLE.sub(r"{\2}", rule.rule), operations=dict(_described(rule)))
    document: dict[str, Any] = spec.to_dict()
    return document


def list_operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of every operation of a document, for people."""
    return [(method.upper(), path, one) for path, by in document["paths"].items() for method, one in by.items()]


def _rules(app: LumbungFlask) -> list[Rule]:
    found = [rule for rule in app.url_map.iter_rules() if rule.host == "hub" and rule.rule.startswith(PREFIX)]
    return sorted(found, key=lambda rule: rule.rule)


def _described(rule: Rule) -> Iterator[tuple[str, dict[str, Any]]]:
    said = _OPERATIONS.get(rule.endpoint, Operation(Text(rule.endpoint, rule.endpoint)))
    inside = [
        {"name": name, "in": "path", "required": True, "schema": _of_variable(kind)}
        for kind, name in _VARIABLE.findall(rule.rule)
    ]
    for method in sorted((rule.methods or set()) & set(_METHODS), key=_METHODS.index):
        reading = method == "GET"
        asked = [
            {"name": name, "in": "query", "description": str(what), "schema": shape} for name, what, shape in said.query
        ]
        answers: dict[str, Any] = {"200": _answer(said.answer)}
        if reading:
            answers["304"] = {"description": t("Tidak berubah", "Not modified")}
        yield (
            method.lower(),
            {
                "summary": str(said.summary),
                "operationId": f"{method.lower()}-{rule.endpoint}",
                "parameters": [*inside, *asked] if reading else inside,
                "responses": {**answers, **_problems(*(("404", "422") if reading else ("401", "403", "404", "422")))},
                **({} if reading else {"security": [{"token": []}]}),
            },
        )


def _of_variable(kind: str) -> dict[str, Any]:
    return {"type": "string", "format": "uuid"} if kind == "uuid" else _TEXT


def _answer(schema: type[Schema] | None) -> dict[str, Any]:
    shape: Any = schema if schema is not None else {}
    return {"description": "OK", "content": {"application/json": {"schema": shape}}}


def _problems(*statuses: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": "RFC 9457", "content": content} for status in statuses}


register_hub_operation(
    "catalog_api.apps",
    Operation(
        Text("Aplikasi dalam katalog, halaman demi halaman", "The apps of the catalog, page by page"),
        AppListOut,
        (
            ("q", Text("Kata yang dicari.", "Words to look for."), _TEXT),
            ("category", Text("Kategori.", "A category."), {"type": "string", "enum": list(CATEGORIES)}),
            (
                "audience",
                Text("Untuk siapa.", "For whom."),
                {"type": "string", "enum": ["public-service", "government"]},
            ),
            ("sort", Text("Urutan.", "Order."), {"type": "string", "enum": list(SORTS), "default": "id"}),
            (
                "limit",
                Text("Paling banyak sekian.", "At most so many."),
                {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
            ),
            ("after", Text("Dari “next” halaman sebelumnya.", "From “next” of the page before."), _TEXT),
        ),
    ),
)
register_hub_operation(
    "catalog_api.app_in_full",
    Operation(
        Text("Satu aplikasi lengkap, dengan rilis dan kata daerah", "One app in full, with releases and verdicts"),
        AppDetailOut,
    ),
)
register_hub_operation("catalog_api.openapi", Operation(Text("Dokumen ini", "This document")))
register_hub_operation(
    "app_figures.figures_document",
    Operation(
        Text("Angka sebuah aplikasi, sejauh disetujui daerah", "Figures of an app, as far as municipalities agreed")
    ),
)
register_hub_operation(
    "changes_api.changes",
    Operation(
        Text("Apa yang berubah di sebuah versi", "What a version changes"),
        query=(("from", Text("Sejak versi ini.", "Since this version."), _TEXT),),
    ),
)
for _endpoint, _summary in {
    "releases_api.create_release": Text("Terbitkan paket (zip di badan)", "Publish a package (a zip as the body)"),
    "releases_api.yank": Text("Tarik sebuah versi", "Yank a version"),
    "releases_api.promote": Text("Jadikan versi beta stabil", "Make a beta version stable"),
}.items():
    register_hub_operation(_endpoint, Operation(_summary))
