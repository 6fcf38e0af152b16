"""What a setting is worth: the package's default, then the municipality's own value (ADR 0003)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app_catalog.definitions.model import Definition
from app_catalog.installations.models import Installation, SettingsVersion
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.secrets import decrypt

Values = dict[str, Any]


def merge_table(default: Mapping[str, Any], own: Mapping[str, Any]) -> Values:
    """A table setting after its overrides: rows merge cell by cell, a row of null is taken out, new rows follow."""
    rows: Values = {row_id: dict(cells) for row_id, cells in default.items()}
    for row_id, cells in own.items():
        if cells is None:
            rows.pop(row_id, None)
            continue
        row = rows.setdefault(row_id, {})
        for column, value in cells.items():
            if value is None:
                row.pop(column, None)
            else:
                row[column] = value
    return rows


def merge_settings(definition: Definition, overrides: Mapping[str, Any]) -> Values:
    """All settings of a definition by id; settings with neither default nor own value are absent."""
    values = definition.default_settings()
    for setting_id, own in overrides.items():
        spec = definition.settings.get(setting_id)
        if spec is None:
            continue
        values[setting_id] = merge_table(values.get(setting_id, {}), own) if spec.type == "table" else own
    return values


def settings_at(session: AnySession, installation_id: UUID, version: int) -> SettingsVersion:
    """The municipality's own values as of a version of its settings."""
    return session.scalars(
        select(SettingsVersion).where(
            SettingsVersion.tenant_id == current_tenant(session),
            SettingsVersion.installation_id == installation_id,
            SettingsVersion.version == version,
        )
    ).one()


def effective_settings(
    session: AnySession, installation: Installation, definition: Definition, *, with_secrets: bool = False
) -> Values:
    """The settings that `definition` runs with in this installation now.

    Own values that the definition does not know are left out. Secrets are opened only for code that must use them.
    """
    stored = settings_at(session, installation.id, installation.settings_version)
    values = merge_settings(definition, stored.overrides)
    if with_secrets:
        for setting_id, sealed in stored.sealed.items():
            values[setting_id] = decrypt(sealed, context=secret_context(installation, setting_id))
    return values


def secret_context(installation: Installation, setting_id: str) -> str:
    """What binds a sealed value to its place."""
    return f"setting:{installation.tenant_id}:{installation.id}:{setting_id}"
