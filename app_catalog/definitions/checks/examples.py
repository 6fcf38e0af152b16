"""Checks that demonstration records could really be made."""

from typing import Any

from marshmallow import ValidationError

from app_catalog.definitions.building.definition import build_definition
from app_catalog.definitions.nodes import MapNode, Node, locate
from app_catalog.definitions.package import PackageReading
from app_catalog.definitions.problems import suggest
from app_catalog.definitions.schemas import record_schema
from app_catalog.definitions.settings_values import effective_settings


def check_example_names(package: PackageReading) -> None:
    """Note examples of unknown types or with unknown fields."""
    records = package.canonical["records"]
    for name, examples in package.canonical["examples"].items():
        if name not in records:
            file = f"examples/{name}.yaml"
            package.reading.problems.add("unknown-record", file, found=name, suggestion=suggest(name, records))
            continue
        fields = records[name].get("fields", {})
        for example, values in examples.items():
            for key in values:
                if key not in fields and key != "order":
                    place = _key(package, name, (example, key))
                    hint = suggest(key, fields)
                    package.reading.problems.add("unknown-field", place, (example, key), found=key, suggestion=hint)


def check_example_values(package: PackageReading) -> None:
    """Note examples that the record's own schema refuses; needs a package without errors so far."""
    definition = build_definition(package.canonical, "")
    values = effective_settings(definition)
    for name, examples in package.canonical["examples"].items():
        schemas = {
            lang: record_schema(definition.records[name], settings=values, lang=lang, on_form=False)()
            for lang in ("id", "en")
        }
        for example, given in examples.items():
            data = {key: value for key, value in given.items() if key != "order"}
            told = {lang: _refusals(schema, data) for lang, schema in schemas.items()}
            for field, detail in told["en"].items():
                path = (example, field)
                detail_id = told["id"].get(field, detail)
                place = _key(package, name, path)
                package.reading.problems.add("bad-example", place, path, detail=detail, detail_id=detail_id)


def _refusals(schema: Any, data: dict[str, Any]) -> dict[str, str]:
    try:
        schema.load(data)
    except ValidationError as error:
        messages: Any = error.messages
        return {str(field): _first(told) for field, told in messages.items()}
    return {}


def _first(messages: Any) -> str:
    while isinstance(messages, dict):
        messages = next(iter(messages.values()))
    return str(messages[0]) if isinstance(messages, list) else str(messages)


def _key(package: PackageReading, name: str, path: tuple[str, str]) -> Node | str:
    file = f"examples/{name}.yaml"
    entry = locate(package.source.documents, file, path[:1])
    if isinstance(entry, MapNode) and path[1] in entry.keys:
        return entry.keys[path[1]]
    return entry
