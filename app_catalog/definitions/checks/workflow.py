"""Checks that a workflow hangs together: states reachable, none a trap, names not taken twice."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from app_catalog.definitions.model import BUILTIN_ATTRIBUTES, BUILTIN_ROLES
from app_catalog.definitions.nodes import locate
from app_catalog.definitions.package import PackageReading
from app_catalog.definitions.problems import Severity

_HOLDERS = {"agency": "agency", "assignee": "person"}
"""Asks that say who has the record, and their type; texts are what earlier packages may hold."""


def check_workflows(package: PackageReading) -> None:
    """Note states nobody reaches, open states nobody leaves, and names that clash with built-in ones."""
    for name, record in package.canonical["records"].items():
        file = f"records/{name}.yaml"
        _check_fields(package, file, record)
        if "workflow" in record:
            _check_reach(package, file, record["workflow"])
            _check_asks(package, file, record)
            _check_four_eyes(package, file, record["workflow"].get("actions", {}))
            _check_satisfaction(package, file, record)
        elif record.get("clocks"):
            _note(package, "clocks-without-workflow", file, ("clocks",))
    for role in package.canonical["app"].get("roles", {}):
        if role in BUILTIN_ROLES:
            _note(package, "built-in-name", "app.yaml", ("roles", role), found=role)


def _note(
    package: PackageReading,
    code: str,
    file: str,
    path: tuple[str, ...],
    *,
    severity: Severity = "error",
    **values: Any,
) -> None:
    place = locate(package.source.documents, file, path)
    package.reading.problems.add(code, place, path, severity=severity, **values)


def _check_fields(package: PackageReading, file: str, record: Mapping[str, Any]) -> None:
    for field, spec in record.get("fields", {}).items():
        if field in BUILTIN_ATTRIBUTES or field == "clocks":
            _note(package, "built-in-name", file, ("fields", field), found=field)
        _check_hiding(package, file, ("fields", field), spec)


def _check_hiding(package: PackageReading, file: str, path: tuple[str, ...], spec: Mapping[str, Any]) -> None:
    """Note what hides or shows itself by its own answer, which is then dropped without a word."""
    field = path[-1]
    if re.search(rf"(?<![\w.])record\.{re.escape(field)}(?!\w)", spec.get("visible_when", "")):
        _note(package, "hides-itself", file, (*path, "visible_when"), severity="warning", found=field)


def _check_four_eyes(package: PackageReading, file: str, actions: Mapping[str, Mapping[str, Any]]) -> None:
    """Note four eyes over an action that nobody but the platform takes: nobody is kept away by it."""
    for action, spec in actions.items():
        for other in spec.get("not_by", {}):
            if other in actions and not actions[other].get("by"):
                path = ("workflow", "actions", action, "not_by", other)
                _note(package, "not-by-nobody", file, path, severity="warning", found=other)


def _check_reach(package: PackageReading, file: str, workflow: Mapping[str, Any]) -> None:
    states: Mapping[str, Any] = workflow.get("states", {})
    actions: Iterable[Mapping[str, Any]] = workflow.get("actions", {}).values()
    moves = {(start, action["to"]) for action in actions if "to" in action for start in action.get("from", {})}
    reached, frontier = set(), {workflow.get("start")}
    while frontier:
        reached |= frontier
        frontier = {end for start, end in moves if start in reached} - reached
    for state, spec in states.items():
        path = ("workflow", "states", state)
        if workflow.get("start") in states and state not in reached:
            _note(package, "state-unreachable", file, path, severity="warning", found=state)
        if "end" not in spec and not any(start == state and end != state for start, end in moves):
            _note(package, "state-dead-end", file, path, severity="warning", found=state)
    if states and not any("end" in spec for spec in states.values()):
        _note(package, "workflow-without-end", file, ("workflow", "states"), severity="warning")


def _check_satisfaction(package: PackageReading, file: str, record: Mapping[str, Any]) -> None:
    states: Mapping[str, Any] = record["workflow"].get("states", {})
    for state in record.get("satisfaction", {}).get("ask_on", {}):
        if state in states and "end" not in states[state]:
            _note(package, "satisfaction-before-end", file, ("satisfaction", "ask_on", state), found=state)


def _check_asks(package: PackageReading, file: str, record: Mapping[str, Any]) -> None:
    fields = record.get("fields", {})
    for action, spec in record["workflow"].get("actions", {}).items():
        for ask, question in spec.get("asks", {}).items():
            own = fields.get(ask, {}).get("type")
            path = ("workflow", "actions", action, "asks", ask)
            _check_hiding(package, file, path, question)
            if own and "type" in question and question["type"] != own:
                _note(package, "ask-type-differs", file, (*path, "type"), found=question["type"], expected=own)
            holder = _HOLDERS.get(ask)
            if holder and question.get("type") not in (holder, "agency", "text"):
                _note(package, "ask-type-differs", file, path, found=question.get("type"), expected=holder)
