"""What a scenario needs before it is played: its settings complete, its agencies known, its size within bounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app_catalog.definitions.model import (
    ActStep,
    CannotCheck,
    CreateStep,
    Definition,
    EventStep,
    Scenario,
    UpdateStep,
    ValueCheck,
    WaitStep,
)
from app_catalog.definitions.scenario_names import split_name
from app_catalog.definitions.settings_values import effective_settings, missing_settings
from app_runtime.scenarios.errors import Trouble
from lumbung.i18n import Text

MAX_STEPS = 200
MAX_TIMES = 500
MAX_AGENCIES = 60
MAX_WAIT_DAYS = 3650
_OF_AGENCIES = ("agency", "agencies")
STAND_IN = "dinas-contoh"
"""Key of the agency that stands in wherever a scenario names none."""


def check_size(scenario: Scenario) -> None:
    """Raise Trouble for a scenario that would take too long to play."""
    steps = len(scenario.when) + len(scenario.then)
    if steps > MAX_STEPS:
        raise _too_much(f"{steps} langkah", f"{steps} steps", f"{MAX_STEPS} langkah", f"{MAX_STEPS} steps")
    made = sum(step.times for step in scenario.when if isinstance(step, CreateStep))
    if made > MAX_TIMES:
        raise _too_much(f"{made} data", f"{made} records", f"{MAX_TIMES} data", f"{MAX_TIMES} records")
    # Working days count singly: close enough for a bound.
    waits = [step.duration for step in scenario.when if isinstance(step, WaitStep)]
    days = sum(wait.seconds // 86400 + wait.working_days for wait in waits)
    if days > MAX_WAIT_DAYS:
        raise _too_much(
            f"menunggu {days} hari", f"{days} days of waiting", f"{MAX_WAIT_DAYS} hari", f"{MAX_WAIT_DAYS} days"
        )


def settings_for(
    definition: Definition, scenario: Scenario, own: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """The overrides to play with (`own`, the scenario's over them, and a stand-in wherever a required agency is
    missing), and the names of the agencies by key that they and the steps speak of."""
    overrides = _layered(own, scenario.given.settings)
    for missing in missing_settings(definition, effective_settings(definition, overrides)):
        spec = definition.settings[missing.setting]
        if missing.row is None or missing.column is None:
            if spec.type == "agency":
                overrides[spec.id] = STAND_IN
        elif spec.columns[missing.column].type == "agency":
            patch = {spec.id: {missing.row: {missing.column: STAND_IN}}}
            overrides = _layered(overrides, patch)
    named = [*_agencies_in_settings(definition, effective_settings(definition, overrides))]
    named += _agencies_in_steps(definition, scenario)
    keys = list(dict.fromkeys(key for key in named if isinstance(key, str) and key)) or [STAND_IN]
    if len(keys) > MAX_AGENCIES:
        raise _too_much(
            f"{len(keys)} dinas", f"{len(keys)} agencies", f"{MAX_AGENCIES} dinas", f"{MAX_AGENCIES} agencies"
        )
    return overrides, {key: f"Dinas {key}" for key in keys}


def _layered(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """One patch out of two: unlike a merge patch applied, a null stays one, because it still has to take away."""
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        merged[key] = _layered(under, value) if isinstance(under, Mapping) and isinstance(value, Mapping) else value
    return merged


def _agencies_in_settings(definition: Definition, values: Mapping[str, Any]) -> Iterator[Any]:
    for spec in definition.settings.values():
        value = values.get(spec.id)
        if spec.type == "agency":
            yield value
        columns = [column for column in spec.columns.values() if column.type == "agency"]
        if columns and isinstance(value, Mapping):
            for row in value.values():
                yield from (row.get(column.id, column.default) for column in columns)


def _agencies_in_steps(definition: Definition, scenario: Scenario) -> Iterator[Any]:
    types: dict[str, str] = {}
    for step in (*scenario.when, *scenario.then):
        if isinstance(step, EventStep):
            consumed = definition.consumes.get(step.name)
            types[step.id or ""] = consumed.record if consumed else ""
        elif isinstance(step, CreateStep):
            types[step.id or ""] = step.record
            yield from _agencies_in_fields(definition, step.record, step.values)
        elif isinstance(step, UpdateStep):
            yield from _agencies_in_fields(definition, _type_of(definition, types, step.on), step.values)
        elif isinstance(step, ActStep):
            yield from _agencies_in_asks(definition, _type_of(definition, types, step.on), step.action, step.values)
        elif isinstance(step, CannotCheck) and step.act is not None:
            yield from _agencies_in_asks(definition, _type_of(definition, types, step.on or ""), step.act, step.values)
        elif isinstance(step, CannotCheck) and step.create is not None:
            yield from _agencies_in_fields(definition, step.create, step.values)
        elif isinstance(step, ValueCheck):
            yield from (value for (_, attribute), value in step.values.items() if attribute == "agency")


def _type_of(definition: Definition, types: Mapping[str, str], name: str) -> str:
    """The record type that a name of the scenario means, a child's too; empty when there is none."""
    first, *steps = split_name(name) or [("", None)]
    found = types.get(first[0], "")
    for step, _ in steps:
        kind = definition.records.get(found)
        found = kind.children[step].record if kind is not None and step in kind.children else ""
    return found


def _agencies_in_fields(definition: Definition, record: str, values: Mapping[str, Any]) -> Iterator[Any]:
    kind = definition.records.get(record)
    fields = kind.fields if kind else {}
    for name, value in values.items():
        if name in fields and fields[name].type in _OF_AGENCIES:
            yield from value if isinstance(value, list) else [value]


def _agencies_in_asks(definition: Definition, record: str, action: str, values: Mapping[str, Any]) -> Iterator[Any]:
    kind = definition.records.get(record)
    found = kind.workflow.actions.get(action) if kind and kind.workflow else None
    asks = found.asks if found else {}
    for name, value in values.items():
        if name in asks and asks[name].field.type in _OF_AGENCIES:
            yield from value if isinstance(value, list) else [value]


def _too_much(found_id: str, found_en: str, most_id: str, most_en: str) -> Trouble:
    return Trouble(
        Text(
            f"Skenario ini terlalu besar untuk dijalankan: {found_id}, paling banyak {most_id}.",
            f"This scenario is too large to be played: {found_en}, at most {most_en}.",
        )
    )
