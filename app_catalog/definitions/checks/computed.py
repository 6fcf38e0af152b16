"""Checks that computed fields can be worked out, and that nobody is asked for them or sets them."""

from collections.abc import Iterator, Mapping
from typing import Any

from app_catalog.definitions.computed_order import computed_order
from app_catalog.definitions.nodes import locate
from app_catalog.definitions.package import PackageReading

_Place = tuple[str, tuple[str, ...]]


def check_computed(package: PackageReading) -> None:
    """Note computed fields that are made of one another, and places that would fill one in."""
    for name, record in package.canonical["records"].items():
        fields = record.get("fields", {})
        formulas = {field: spec["computed"] for field, spec in fields.items() if "computed" in spec}
        if not formulas:
            continue
        _, ring = computed_order(formulas)
        for field in ring:
            _note(package, "computed-ring", (f"records/{name}.yaml", ("fields", field, "computed")), field)
        for field, place in (*_filled_in(name, record), *_on_forms(package, name)):
            if field in formulas:
                _note(package, "computed-filled-in", place, field)


def _filled_in(name: str, record: Mapping[str, Any]) -> Iterator[tuple[str, _Place]]:
    file = f"records/{name}.yaml"
    for role, rules in record.get("access", {}).items():
        for verb in ("create", "update"):
            named = rules.get(verb, {}).get("fields", {})
            for field in named if isinstance(named, dict) else ():
                yield field, (file, ("access", role, verb, "fields", field))
    for action, spec in record.get("workflow", {}).get("actions", {}).items():
        for key in ("asks", "sets"):
            for field in spec.get(key, {}):
                yield field, (file, ("workflow", "actions", action, key, field))
    for automation, spec in record.get("automations", {}).items():
        for field in spec.get("set", {}):
            yield field, (file, ("automations", automation, "set", field))


def _on_forms(package: PackageReading, name: str) -> Iterator[tuple[str, _Place]]:
    for page, spec in package.canonical["pages"].items():
        if spec.get("kind") == "form" and spec.get("record") == name:
            for step, own in spec.get("steps", {}).items():
                for field in own.get("fields", {}):
                    yield field, (f"pages/{page}.yaml", ("steps", step, "fields", field))


def _note(package: PackageReading, code: str, place: _Place, field: str) -> None:
    file, path = place
    package.reading.problems.add(code, locate(package.source.documents, file, path), path, found=field)
