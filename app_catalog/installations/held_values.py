"""Own values as each version can hold them: in another version a setting may be of another type.

Settings belong to the installation and not to a version, so that one value serves all versions that records are on.
Where a value is of a type that a version cannot hold, the newest value counts for it that it could: records of an
earlier version go on by what their municipality had said before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from app_catalog.definitions.model import Column, Definition, SettingSpec
from app_catalog.installations.models import Installation, SettingsVersion
from app_catalog.installations.values import check_value
from lumbung.db.tenancy import AnySession

_LOOKED_BACK = 200
"""So many versions of the settings are looked through, the newest first."""


class _AnyAgency(dict[str, str]):
    """Whether an agency is still open is another question than whether a value can name one."""

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str)


def find_misfits(definition: Definition, overrides: Mapping[str, Any]) -> set[str]:
    """The settings of a definition whose own value is of a type that it cannot hold; ranges are not looked at."""
    return {
        name for name, value in overrides.items() if name in definition.settings and not _holds(definition, name, value)
    }


def own_values_for(
    session: AnySession, installation: Installation, definition: Definition, stored: SettingsVersion
) -> dict[str, Any]:
    """The municipality's own values under a definition: those of `stored`, and in the place of each that the definition
    cannot hold the newest of before that it can, or none, which is its default."""
    values = dict(stored.overrides)
    missing = find_misfits(definition, values)
    for name in missing:
        del values[name]
    if not missing:
        return values
    earlier = session.scalars(
        select(SettingsVersion.overrides)
        .where(
            SettingsVersion.tenant_id == installation.tenant_id,
            SettingsVersion.installation_id == installation.id,
            SettingsVersion.version < stored.version,
        )
        .order_by(SettingsVersion.version.desc())
        .limit(_LOOKED_BACK)
    )
    for overrides in earlier:
        for name in sorted(missing):
            if name not in overrides:
                missing.discard(name)
            elif _holds(definition, name, overrides[name]):
                values[name] = overrides[name]
                missing.discard(name)
        if not missing:
            break
    return values


def _holds(definition: Definition, name: str, value: Any) -> bool:
    spec = definition.settings[name]
    if value is None:
        return True
    if spec.type != "table":
        return _fits(spec, value)
    if not isinstance(value, Mapping):
        return False
    rows = [cells for cells in value.values() if cells is not None]
    return all(isinstance(cells, Mapping) for cells in rows) and all(
        _fits(column, cells.get(column.id)) for cells in rows for column in spec.columns.values()
    )


def _fits(spec: SettingSpec | Column, value: Any) -> bool:
    return check_value(replace(spec, required=False, min=None, max=None, pattern=None), value, _AnyAgency()) is None
