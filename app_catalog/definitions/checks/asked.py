"""Checks of what citizens may be asked for, and of where a number of the population register may stand."""

from collections.abc import Iterator, Mapping
from typing import Any

from app_catalog.definitions.model import PEOPLE
from app_catalog.definitions.nodes import locate
from app_catalog.definitions.package import PackageReading

_CITIZENS = ("public", "resident")


def check_asked(package: PackageReading) -> None:
    """Note forms for citizens that would list who works in the municipality, and numbers that would not stay secret."""
    for name, record in package.canonical["records"].items():
        fields = record.get("fields", {})
        file = f"records/{name}.yaml"
        for field, spec in fields.items():
            if "nik" in _types(spec) and spec.get("type") != "nik" and not spec.get("private"):
                _note(package, "nik-not-private", file, ("fields", field), field)
        for action, own in record.get("workflow", {}).get("actions", {}).items():
            for ask, spec in own.get("asks", {}).items():
                path = ("workflow", "actions", action, "asks", ask)
                if ask not in fields and "nik" in _types(spec):
                    _note(package, "nik-in-history", file, path, ask)
                if set(own.get("by", ())) & set(_CITIZENS) and _names_people({**fields.get(ask, {}), **spec}):
                    _note(package, "people-for-officials", file, path, ask)
        for page, place, field in _on_public_forms(package, name):
            if _names_people(fields.get(field, {})):
                _note(package, "people-for-officials", page, place, field)


def _types(spec: Mapping[str, Any]) -> set[str]:
    return {spec.get("type", "")} | {member.get("type", "") for member in spec.get("fields", {}).values()}


def _names_people(spec: Mapping[str, Any]) -> bool:
    return not PEOPLE.isdisjoint(_types(spec))


def _on_public_forms(package: PackageReading, name: str) -> Iterator[tuple[str, tuple[str, ...], str]]:
    for page, spec in package.canonical["pages"].items():
        if spec.get("kind") != "form" or spec.get("record") != name or not set(spec.get("for", {})) & set(_CITIZENS):
            continue
        for step, own in spec.get("steps", {}).items():
            for field in own.get("fields", {}):
                yield f"pages/{page}.yaml", ("steps", step, "fields", field), field


def _note(package: PackageReading, code: str, file: str, path: tuple[str, ...], found: str) -> None:
    package.reading.problems.add(code, locate(package.source.documents, file, path), path, found=found)
