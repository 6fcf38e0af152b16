"""The values that an app's settings really have: the package's defaults under the layers of overrides."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app_catalog.definitions.merge_patch import apply_merge_patch
from app_catalog.definitions.model import Definition


@dataclass(frozen=True, slots=True)
class MissingSetting:
    """A required setting without a value; with ``row`` and ``column`` a required cell of a table."""

    setting: str
    row: str | None = None
    column: str | None = None


def effective_settings(definition: Definition, *layers: Mapping[str, Any]) -> dict[str, Any]:
    """The defaults with each layer merged over them in turn, lowest first (programme, then municipality).

    Layers are merge patches: rows of a table merge cell by cell, None takes away what lies below. Values of settings
    that the definition does not have (any more) are left out.
    """
    values: dict[str, Any] = definition.default_settings()
    for layer in layers:
        values = apply_merge_patch(values, {key: value for key, value in layer.items() if key in definition.settings})
    return values


def missing_settings(definition: Definition, effective: Mapping[str, Any]) -> tuple[MissingSetting, ...]:
    """What must still be filled in before the app can be enabled, in the order of the form."""
    missing = []
    for spec in definition.settings.values():
        value = effective.get(spec.id)
        if spec.required and value in (None, "", {}):
            missing.append(MissingSetting(spec.id))
        if spec.type != "table":
            continue
        for row, cells in (value or {}).items():
            missing += [
                MissingSetting(spec.id, row, column.id)
                for column in spec.columns.values()
                if column.required and cells.get(column.id, column.default) in (None, "", {})
            ]
    return tuple(missing)
