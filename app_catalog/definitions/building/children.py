"""Builds children and what opens them."""

from collections.abc import Mapping
from typing import Any

from app_catalog.definitions.building.parts import Json, build_map
from app_catalog.definitions.model import Children, Expression, FanOut


def children_by_id(spec: Json) -> dict[str, str]:
    """The record type of each kind of child by its id: those under ``children``, and those that an action opens without
    being named there, which go by their own type. The canonical form may be incomplete.
    """
    named: dict[str, str] = {
        name: str(own.get("record", "")) for name, own in _maps(spec.get("children", {})) if own.get("record")
    }
    for _, action in _maps(spec.get("workflow", {}).get("actions", {})):
        record = action.get("fan_out", {}).get("record")
        if record and record not in named.values():
            named.setdefault(record, record)
    return named


def build_children(spec: Json) -> dict[str, Children]:
    """All kinds of children of a record type, those that are named first."""
    found = build_map(
        spec.get("children"), lambda name, own: Children(name, own["record"], own.get("done_when", "all"))
    )
    return {
        **found,
        **{name: Children(name, record) for name, record in children_by_id(spec).items() if name not in found},
    }


def build_fan_out(action: str, spec: Json, record: str) -> FanOut:
    """What an action opens."""
    per = spec["per"]
    table = per.removeprefix("settings.") if per.startswith("settings.") else ""
    values = {name: Expression(source, "any", record, action) for name, source in sorted(spec.get("with", {}).items())}
    return FanOut(spec["record"], "" if table else per, table, values)


def _maps(specs: Any) -> list[tuple[str, Json]]:
    if not isinstance(specs, Mapping):
        return []
    return [(str(name), spec) for name, spec in specs.items() if isinstance(spec, Mapping)]
