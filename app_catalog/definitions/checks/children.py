"""Checks that what opens children names something that they can be opened for, and fields that they have."""

from collections.abc import Mapping
from typing import Any

from app_catalog.definitions.nodes import MapNode, Node, locate
from app_catalog.definitions.package import PackageReading
from app_catalog.definitions.problems import suggest
from app_catalog.definitions.shape.records import SETTABLE

UNITS = ("agencies", "agency")
"""Types of asks and fields of which a child is opened for each value."""


def check_children(package: PackageReading) -> None:
    """Note children of one type under two names, and fan-outs that could open nothing."""
    for name, record in package.canonical["records"].items():
        file = f"records/{name}.yaml"
        seen: set[str] = set()
        for child, spec in record.get("children", {}).items():
            if spec.get("record") in seen:
                path = ("children", child, "record")
                _note(package, "children-twice", file, path, found=spec["record"])
            seen.add(spec.get("record", ""))
        for action, spec in record.get("workflow", {}).get("actions", {}).items():
            if "fan_out" in spec:
                _check_fan_out(package, file, record, action, spec)


def _check_fan_out(
    package: PackageReading, file: str, record: Mapping[str, Any], action: str, spec: Mapping[str, Any]
) -> None:
    fan_out, path = spec["fan_out"], ("workflow", "actions", action, "fan_out")
    per = str(fan_out.get("per", ""))
    fields = record.get("fields", {})
    possible = {**fields, **{ask: {**fields.get(ask, {}), **own} for ask, own in spec.get("asks", {}).items()}}
    units = [name for name, one in possible.items() if one.get("type") in UNITS]
    if per and not per.startswith("settings.") and per not in units:
        _note(package, "fan-out-source", file, (*path, "per"), found=per, suggestion=suggest(per, units))
    child = package.canonical["records"].get(fan_out.get("record"))
    if child is None:
        return
    known = [*child.get("fields", {}), *SETTABLE]
    for field in fan_out.get("with", {}):
        if field not in known:
            at = (*path, "with", field)
            _note(package, "unknown-settable", file, at, found=field, suggestion=suggest(field, known))


def _note(package: PackageReading, code: str, file: str, path: tuple[str, ...], **values: Any) -> None:
    parent = locate(package.source.documents, file, path[:-1])
    place: Node | str = locate(package.source.documents, file, path)
    if isinstance(parent, MapNode) and path[-1] in parent.keys and path[-2] == "with":
        place = parent.keys[path[-1]]
    package.reading.problems.add(code, place, path, **values)
