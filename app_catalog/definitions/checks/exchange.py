"""Checks that an app tells others nothing private, and that what it makes of their events has such fields."""

from typing import Any

from app_catalog.definitions.nodes import locate
from app_catalog.definitions.package import PackageReading
from app_catalog.definitions.problems import suggest
from app_catalog.definitions.shape.records import SETTABLE

_KEPT = ("files", "nik", "group", "list", "checklist")
"""Types of fields that stay in the app: files belong to one record, and the others may hold anybody's data."""


def check_exchange(package: PackageReading) -> None:
    """Note exported fields that are private or stay in the app, events without exports, and unknown fields."""
    app, records = package.canonical["app"], package.canonical["records"]
    for record, names in app.get("exports", {}).items():
        for name in names:
            spec = records.get(record, {}).get("fields", {}).get(name, {})
            if spec.get("private") or spec.get("visible_to") or spec.get("type") in _KEPT:
                _note(package, "export-not-open", ("exports", record, name), found=name)
    for event, spec in app.get("emits", {}).items():
        if spec.get("record") in records and spec["record"] not in app.get("exports", {}):
            _note(package, "event-without-exports", ("emits", event, "record"), found=spec["record"])
    for event, spec in app.get("consumes", {}).items():
        fields = records.get(spec.get("create"), {}).get("fields")
        for name in spec.get("with", {}) if fields is not None else ():
            if name not in (*fields, *SETTABLE):
                path = ("consumes", event, "with", name)
                _note(package, "unknown-settable", path, found=name, suggestion=suggest(name, [*fields, *SETTABLE]))


def _note(package: PackageReading, code: str, path: tuple[str, ...], **values: Any) -> None:
    place = locate(package.source.documents, "app.yaml", path)
    package.reading.problems.add(code, place, path, **values)
