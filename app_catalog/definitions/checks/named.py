"""Checks of fields that name records: of an app that is required, and of a type that people can name by a number."""

from collections.abc import Iterator, Mapping
from typing import Any

from app_catalog.definitions.nodes import locate
from app_catalog.definitions.package import PackageReading


def check_named(package: PackageReading) -> None:
    """Note other apps that are named and not required, types without numbers, and an app that requires itself."""
    app, records = package.canonical["app"], package.canonical["records"]
    required = app.get("requires", {}).get("apps", {})
    if app.get("id") in required:
        _note(package, "app-requires-itself", "app.yaml", ("requires", "apps", app["id"]), found=app["id"])
    for name, record in records.items():
        for path, spec in _naming(record):
            target = str(spec.get("record", ""))
            other, slash, _ = target.rpartition("/")
            place = (*path, "record")
            if slash and other not in required:
                _note(package, "app-not-required", f"records/{name}.yaml", place, found=other)
            elif target in records and not (records[target].get("number") or records[target].get("numbers")):
                _note(package, "named-without-number", f"records/{name}.yaml", place, found=target)


def check_merging(package: PackageReading) -> None:
    """Note types whose duplicates are merged into nothing that people can join."""
    for name, record in package.canonical["records"].items():
        rule = record.get("duplicates", {})
        for key in ("into", "with_reporter"):
            if key in rule and not _merges(rule, record.get("fields", {}), name):
                _note(package, "merged-into-nothing", f"records/{name}.yaml", ("duplicates", key), found=name)
                break


def _merges(rule: Mapping[str, Any], fields: Mapping[str, Any], record: str) -> bool:
    field = fields.get(rule.get("into", ""), {})
    return bool(rule.get("join")) and field.get("type") == "record" and field.get("record") == record


def _naming(record: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    for field, spec in record.get("fields", {}).items():
        if spec.get("type") == "record":
            yield ("fields", field), spec
    for action, own in record.get("workflow", {}).get("actions", {}).items():
        for ask, spec in own.get("asks", {}).items():
            if spec.get("type") == "record":
                yield ("workflow", "actions", action, "asks", ask), spec


def _note(package: PackageReading, code: str, file: str, path: tuple[str, ...], **values: Any) -> None:
    package.reading.problems.add(code, locate(package.source.documents, file, path), path, **values)
