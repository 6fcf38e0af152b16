"""Checks that nothing private is shown to the public, and that public pages show only what the public may read."""

from collections.abc import Mapping
from typing import Any

from app_catalog.definitions.computed_order import computed_from
from app_catalog.definitions.nodes import locate
from app_catalog.definitions.package import PackageReading
from app_catalog.definitions.problems import Severity

# What a page of each kind shows of many records. A tracking page shows one, to whoever made it.
_SHOWN = {
    "list": ("columns", "filters"),
    "site": ("columns", "filters"),
    "board": ("columns", "filters"),
    "calendar": ("columns", "filters"),
    "map": ("popup", "filters"),
}


def check_access(package: PackageReading) -> None:
    """Note private fields that the public may read, what is worked out of them, and fields on public pages that it may
    not."""
    for name, record in package.canonical["records"].items():
        readable = _public_fields(record)
        for field, spec in record.get("fields", {}).items():
            if readable is not None and field in readable and _is_personal(spec):
                path = ("access", "public", "read", "fields", field)
                _note(package, "private-field-public", f"records/{name}.yaml", path, found=field)
        for field in sorted(_worked_out_of_private(record) & set(readable or ())):
            path = ("access", "public", "read", "fields", field)
            _note(package, "computed-of-private", f"records/{name}.yaml", path, severity="warning", found=field)
    for name, page in package.canonical["pages"].items():
        record = package.canonical["records"].get(page.get("record"))
        if record is not None and "public" in page.get("for", {}):
            _check_page(package, name, page, record)


def _is_personal(spec: Mapping[str, Any]) -> bool:
    """Whether a field, or a member of a group, is private."""
    members = spec.get("fields", {}).values()
    return bool(spec.get("private")) or spec.get("type") == "nik" or any(_is_personal(one) for one in members)


def _is_for_some(spec: Mapping[str, Any]) -> bool:
    """Whether `visible_to` keeps a field from the public."""
    return "visible_to" in spec and "public" not in spec["visible_to"]


def _worked_out_of_private(record: Mapping[str, Any]) -> frozenset[str]:
    fields = record.get("fields", {})
    private = [field for field, spec in fields.items() if _is_personal(spec) or _is_for_some(spec)]
    formulas = {field: spec["computed"] for field, spec in fields.items() if "computed" in spec}
    worked_out = computed_from(formulas, private)
    return frozenset(field for field in worked_out if not (fields[field].get("private") or _is_for_some(fields[field])))


def _public_fields(record: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The fields that the public reads; None when it reads nothing."""
    read = record.get("access", {}).get("public", {}).get("read")
    if read is None:
        return None
    fields = read.get("fields", "all")
    return dict.fromkeys(record.get("fields", {}), True) if fields == "all" else dict(fields)


def _check_page(package: PackageReading, name: str, page: Mapping[str, Any], record: Mapping[str, Any]) -> None:
    read = record.get("access", {}).get("public", {}).get("read", {})
    readable = _public_fields(record)
    for key in _SHOWN.get(page.get("kind", ""), ()):
        for field in page.get(key, {}):
            if readable is None or (field not in readable and "fields" in read and read["fields"] != "all"):
                _note(package, "field-not-public", f"pages/{name}.yaml", (key, field), found=field)


def _note(
    package: PackageReading, code: str, file: str, path: tuple[str, ...], *, found: str, severity: Severity = "error"
) -> None:
    package.reading.problems.add(
        code, locate(package.source.documents, file, path), path, severity=severity, found=found
    )
