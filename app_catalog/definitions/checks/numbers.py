"""Checks patterns of numbers: what stands in them, and that no number comes twice."""

from collections.abc import Mapping
from typing import Any

from app_catalog.definitions.model.holding import UNGROUPED_TYPES
from app_catalog.definitions.nodes import locate
from app_catalog.definitions.numbers import DATE_PARTS, NAMES, NumberPatternError, parse_number_pattern
from app_catalog.definitions.package import PackageReading

_NEEDED: Mapping[str, tuple[str, ...]] = {
    "year": ("year",),
    "month": ("month", "year"),
    "day": ("day", "month", "year"),
}


def check_numbers(package: PackageReading) -> None:
    """Note placeholders that are nothing of the record, series whose numbers repeat, and names taken twice."""
    for name, record in package.canonical["records"].items():
        file = f"records/{name}.yaml"
        specs: dict[tuple[str, ...], Any] = {("numbers", key): spec for key, spec in record.get("numbers", {}).items()}
        if "number" in record:
            specs[("number",)] = record["number"]
        for path, spec in specs.items():
            _check_pattern(package, file, path, record, spec)
        if "number" in record and record.get("numbers"):
            _note(package, "number-and-numbers", file, ("number",))
        if record.get("numbers") and "numbers" in record.get("fields", {}):
            _note(package, "built-in-name", file, ("fields", "numbers"), found="numbers")


def _check_pattern(
    package: PackageReading, file: str, path: tuple[str, ...], record: Mapping[str, Any], spec: Mapping[str, Any]
) -> None:
    plain = {name: own for name, own in record.get("fields", {}).items() if own.get("type") not in UNGROUPED_TYPES}
    fields = list(plain)
    # Whoever sees the number would see the value.
    told = [name for name, own in plain.items() if not _kept_back(own)]
    try:
        pattern = parse_number_pattern(spec.get("pattern", ""), (*NAMES, *told))
    except NumberPatternError as error:
        if "pattern" in spec:
            place = (*path, "pattern")
            _note(package, "bad-number-pattern", file, place, found=spec["pattern"], detail=error.detail)
        return
    for part in spec.get("per", {}):
        missing = [one for one in _NEEDED.get(part, (part,)) if one not in pattern.names]
        if part in (*DATE_PARTS, "agency", *fields) and missing:
            _note(package, "number-repeats", file, (*path, "per", part), found=part, missing=f"{{{missing[0]}}}")


def _kept_back(spec: Mapping[str, Any]) -> bool:
    return bool(spec.get("private") or spec.get("visible_to") or spec.get("type") == "nik")


def _note(package: PackageReading, code: str, file: str, path: tuple[str, ...], **values: Any) -> None:
    package.reading.problems.add(code, locate(package.source.documents, file, path), path, **values)
