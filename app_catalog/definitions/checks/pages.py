"""Checks that boards, calendars and dashboards have something to be parted by, and tell nobody what is not theirs."""

from collections.abc import Mapping
from typing import Any

from app_catalog.definitions.model.charts import (
    DATED_ATTRIBUTES,
    DATED_TYPES,
    GROUPED_ATTRIBUTES,
    GROUPED_TYPES,
    MEASURES,
)
from app_catalog.definitions.model.records import BUILTIN_ATTRIBUTES
from app_catalog.definitions.nodes import locate
from app_catalog.definitions.package import PackageReading

Json = Mapping[str, Any]


def check_pages(package: PackageReading) -> None:
    """Note boards without columns, calendars without a date, and charts that cannot be drawn or tell too much."""
    records = package.canonical["records"]
    for name, page in package.canonical["pages"].items():
        record = records.get(page.get("record"))
        if record is None:
            continue
        if page.get("kind") == "board":
            _check_board(package, name, page, record)
        if page.get("kind") == "calendar" and "date" in page:
            _check_calendar(package, name, page, record)
        for chart, spec in page.get("charts", {}).items():
            measure = next((spec[one] for one in MEASURES if isinstance(spec.get(one), str)), "")
            kind, _, number = measure.partition(".")
            if kind in records:
                _check_chart(package, name, page, chart, spec, records[kind], number)


def _check_board(package: PackageReading, name: str, page: Json, record: Json) -> None:
    groups = page.get("groups", "state")
    if groups == "state":
        if not record.get("workflow", {}).get("states"):
            _note(package, name, "board-without-columns", ("record",), found=page["record"])
    elif record.get("fields", {}).get(groups, {}).get("type", "choice") != "choice" or groups in BUILTIN_ATTRIBUTES:
        _note(package, name, "not-grouped", ("groups",), found=groups)
    _check_public(package, name, page, record, ("groups",), groups)


def _check_calendar(package: PackageReading, name: str, page: Json, record: Json) -> None:
    if not _is_dated(record, page["date"]):
        _note(package, name, "not-dated", ("date",), found=page["date"])
    elif record.get("fields", {}).get(page["date"], {}).get("private"):
        _note(package, name, "private-on-page", ("date",), found=page["date"])
    _check_public(package, name, page, record, ("date",), page["date"])


def _check_chart(
    package: PackageReading, name: str, page: Json, chart: str, spec: Json, record: Json, number: str
) -> None:
    by = spec.get("by")
    if by:
        _check_grouping(package, name, (chart, by), spec, record)
    elif "unit" in spec:
        _note(package, name, "unit-without-date", ("charts", chart, "unit"))
    for key, field in (("by", by), ("sum", number), ("average", number), ("only", "state")):
        if key not in spec or not field:
            continue
        path = ("charts", chart, key)
        if record.get("fields", {}).get(field, {}).get("private"):
            _note(package, name, "private-on-page", path, found=field)
        _check_public(package, name, page, record, path, field)


def _check_grouping(package: PackageReading, name: str, place: tuple[str, str], spec: Json, record: Json) -> None:
    chart, by = place
    if by not in record.get("fields", {}) and by not in BUILTIN_ATTRIBUTES:
        return
    if _is_dated(record, by):
        if "unit" not in spec:
            _note(package, name, "date-without-unit", ("charts", chart, "by"), found=by)
        return
    kind = record.get("fields", {}).get(by, {}).get("type") or GROUPED_ATTRIBUTES.get(by)
    if (kind is not None and kind not in GROUPED_TYPES) or (kind is None and by in BUILTIN_ATTRIBUTES):
        _note(package, name, "not-grouped", ("charts", chart, "by"), found=by)
    elif "unit" in spec:
        _note(package, name, "unit-without-date", ("charts", chart, "unit"))


def _is_dated(record: Json, name: str) -> bool:
    fields = record.get("fields", {})
    if name in fields:
        return fields[name].get("type") in DATED_TYPES
    # What is no field at all is an error of its own.
    return name in DATED_ATTRIBUTES or name not in BUILTIN_ATTRIBUTES


def _check_public(
    package: PackageReading, name: str, page: Json, record: Json, path: tuple[str, ...], field: str
) -> None:
    if "public" not in page.get("for", {}):
        return
    read = record.get("access", {}).get("public", {}).get("read")
    shown = None if read is None else read.get("fields", "all")
    if shown is None or (shown != "all" and field not in shown):
        _note(package, name, "field-not-public", path, found=field)


def _note(package: PackageReading, name: str, code: str, path: tuple[str, ...], **values: Any) -> None:
    file = f"pages/{name}.yaml"
    package.reading.problems.add(code, locate(package.source.documents, file, path), path, **values)
