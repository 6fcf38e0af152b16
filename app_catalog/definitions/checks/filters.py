"""Checks structured filters against the record type that they are over, value by value at its line and column."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from app_catalog.definitions.model.filters import FILTERED_ATTRIBUTES, FILTERED_TYPES, RANGED_TYPES
from app_catalog.definitions.nodes import ListNode, MapNode, Node, ScalarNode, locate
from app_catalog.definitions.package import PackageReading
from app_catalog.definitions.problems import suggest
from app_catalog.definitions.schemas.values import find_moment
from app_catalog.definitions.shape.filters import WORDS
from app_catalog.definitions.shape.reading import Path

_NUMBERS = ("integer", "money", "decimal")


def check_filters(package: PackageReading) -> None:
    """Note names that a filter cannot know, and values that can never fit."""
    records = package.canonical["records"]
    for use in package.reading.wheres:
        record = records.get(use.scope)
        if record is not None and "fields" in record:
            _check(package, record, use.node, use.path)
    app = package.canonical["app"]
    for name, spec in app.get("live", {}).get("layers", {}).items():
        fields = records.get(spec.get("record"), {}).get("fields")
        if fields is not None and not any(field.get("type") == "point" for field in fields.values()):
            _note_at(package, "layer-without-place", ("live", "layers", name, "record"), found=spec["record"])
    for name, spec in app.get("indicators", {}).items():
        wanted, other = ("clock", "where") if spec.get("kind") == "clock_met" else ("where", "clock")
        if wanted not in spec:
            _note_at(package, "missing-key", ("indicators", name), key=wanted)
        if other in spec:
            _note_at(package, "key-needs-other", ("indicators", name, other), key=other, other=f"kind: {_KINDS[other]}")


_KINDS = {"clock": "clock_met", "where": "share"}


def _check(package: PackageReading, record: Mapping[str, Any], node: Node, path: Path) -> None:
    if not isinstance(node, MapNode):
        return
    for key, key_node, child in node.pairs():
        if key in WORDS:
            items = child.items if isinstance(child, ListNode) else [child]
            for index, item in enumerate(items):
                _check(package, record, item, (*path, key, str(index)))
            continue
        spec = record["fields"].get(key)
        kind = spec.get("type", "") if spec else FILTERED_ATTRIBUTES.get(key)
        if kind is None:
            known = [*record["fields"], *FILTERED_ATTRIBUTES]
            package.reading.add("unknown-attribute", key_node, (*path, key), found=key, suggestion=suggest(key, known))
        elif spec and (kind not in FILTERED_TYPES or spec.get("private")):
            package.reading.add("not-filtered", key_node, (*path, key), found=key)
        else:
            _check_values(package, record, kind, spec or {}, child, (*path, key))


def _check_values(
    package: PackageReading, record: Mapping[str, Any], kind: str, spec: Mapping[str, Any], node: Node, path: Path
) -> None:
    if isinstance(node, MapNode) and kind not in RANGED_TYPES:
        package.reading.add("not-ranged", node, path, found=path[-1])
        return
    values = (
        node.entries.values() if isinstance(node, MapNode) else node.items if isinstance(node, ListNode) else [node]
    )
    options = _options(record, kind, spec)
    for value in values:
        if not isinstance(value, ScalarNode) or value.value is None:
            continue
        if options is not None and value.text not in options:
            hint = suggest(value.text, options)
            package.reading.add("unknown-value", value, path, found=value.text, suggestion=hint)
        elif not _fits(value, kind):
            package.reading.add("filter-value", value, path, found=value.text, kind=kind)


def _options(record: Mapping[str, Any], kind: str, spec: Mapping[str, Any]) -> list[str] | None:
    if kind == "state":
        return list(record.get("workflow", {}).get("states", {}))
    fixed = spec.get("options", {}).get("fixed") if kind in ("choice", "choices") else None
    return list(fixed) if fixed else None


def _fits(node: ScalarNode, kind: str) -> bool:
    value = node.value
    if kind == "boolean":
        return type(value) is bool
    if kind in _NUMBERS:
        return type(value) is int or (kind == "decimal" and type(value) is float)
    if kind in ("date", "time", "datetime"):
        return _is_moment(node.text, kind)
    return True


def _is_moment(text: str, kind: str) -> bool:
    try:
        if kind == "datetime":
            return find_moment(text) is not None
        return bool(date.fromisoformat(text) if kind == "date" else str(time.fromisoformat(text)))
    except ValueError:
        return False


def _note_at(package: PackageReading, code: str, path: Path, **values: Any) -> None:
    package.reading.problems.add(code, locate(package.source.documents, "app.yaml", path), path, **values)
