"""Areas (districts, villages) among the settings of an app."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app_catalog.definitions.model import Column, Definition, SettingSpec
from lumbung.db.tenancy import AnySession, current_tenant
from tenants.municipalities.models import Municipality
from tenants.regions.areas import Areas, areas_of, refusal_of_area


@dataclass(frozen=True, slots=True)
class AreasHere:
    """What may be named as an area: those of the municipality, and what stood in the settings before."""

    areas: Areas
    standing: frozenset[str]

    def problem(self, spec: SettingSpec | Column, value: str) -> str | None:
        """What is wrong with this value and what would be right; None when it fits."""
        if value in self.standing or not self.areas.texts(spec.of) or self.areas.has(value, spec.of):
            return None
        return refusal_of_area(self.areas, value, spec.of)


def areas_here(session: AnySession, definition: Definition, before: Mapping[str, Any]) -> AreasHere | None:
    """What settings of the session's municipality may name as an area; `before` are the values in force, else the
    package's. None when the app has no such setting."""
    if not any(spec.type == "area" for spec in _specs(definition)):
        return None
    tenant_id = current_tenant(session)
    municipality = session.get(Municipality, tenant_id) if tenant_id else None
    areas = areas_of(municipality.region_code) if municipality else Areas()
    return AreasHere(areas, frozenset(_standing(definition, before)))


def _specs(definition: Definition) -> Iterator[SettingSpec | Column]:
    for spec in definition.settings.values():
        yield spec
        yield from spec.columns.values()


def _standing(definition: Definition, values: Mapping[str, Any]) -> Iterator[str]:
    for spec in definition.settings.values():
        value = values.get(spec.id)
        if spec.type == "area" and isinstance(value, str):
            yield value
        if spec.type == "table" and isinstance(value, Mapping):
            yield from table_areas(spec, value)


def table_areas(spec: SettingSpec, rows: Mapping[str, Any]) -> Iterator[str]:
    """The texts that stand in the columns of areas of a table."""
    for column in spec.columns.values():
        if column.type == "area":
            cells = (row.get(column.id, column.default) for row in rows.values() if isinstance(row, Mapping))
            yield from (cell for cell in cells if isinstance(cell, str) and cell)
