"""Warns of what can never happen: actions that nobody may take, clocks that nobody can meet or that never start."""

from collections.abc import Iterator, Mapping
from typing import Any

from app_catalog.definitions.building.children import children_by_id
from app_catalog.definitions.nodes import locate
from app_catalog.definitions.package import PackageReading

_READS_BY_ITSELF = ("tenant_admin", "agency_head")
"""Roles that read every type unless its package gives them a rule of their own."""


def check_takers(package: PackageReading) -> None:
    """Note actions and clocks of every record type that nothing can bring about."""
    by_platform = set(_taken_by_platform(package.canonical["records"]))
    for name, record in package.canonical["records"].items():
        file = f"records/{name}.yaml"
        actions = record.get("workflow", {}).get("actions", {})
        idle = {
            action
            for action, spec in actions.items()
            if (name, action) not in by_platform and not _somebody(record, spec.get("by", {}))
        }
        for action in sorted(idle):
            _warn(package, "action-nobody-takes", file, ("workflow", "actions", action), found=action)
        for clock, spec in record.get("clocks", {}).items():
            met_by = set(spec.get("met_by", {})) & set(actions)
            if met_by and met_by <= idle:
                _warn(package, "clock-never-met", file, ("clocks", clock, "met_by"), found=clock)
            starts = spec.get("starts", {})
            if starts and all(event.removeprefix("action.") in idle for event in starts):
                _warn(package, "clock-never-starts", file, ("clocks", clock, "starts"), found=clock)


def _taken_by_platform(records: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What clocks and automations take: record type and action."""
    for name, record in records.items():
        for clock in record.get("clocks", {}).values():
            if "then" in clock:
                yield name, clock["then"]
        children = children_by_id(record)
        for automation in record.get("automations", {}).values():
            if "act" in automation:
                child = automation.get("for_each", "").removeprefix("children.")
                yield children.get(child, name), automation["act"]


def _somebody(record: Mapping[str, Any], roles: Mapping[str, Any]) -> bool:
    """Whether one of the roles reads records of the type, without which it cannot act on them."""
    access = record.get("access", {})
    return any("read" in access[role] if role in access else role in _READS_BY_ITSELF for role in roles)


def _warn(package: PackageReading, code: str, file: str, path: tuple[str, ...], *, found: str) -> None:
    place = locate(package.source.documents, file, path)
    package.reading.problems.add(code, place, path, severity="warning", found=found)
