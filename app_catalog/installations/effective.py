"""What a setting is worth: the package's default, then the municipality's own value (ADR 0003)."""

from __future__ import annotations

import time
from collections import OrderedDict
from datetime import timedelta
from threading import Lock
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app_catalog.definitions.model import Definition
from app_catalog.definitions.settings_values import effective_settings
from app_catalog.installations.held_values import own_values_for
from app_catalog.installations.models import Installation, SettingsVersion
from lumbung.db import now
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.secrets import decrypt

_Key = tuple[UUID, int, str]
# A version of settings never changes once it is committed; one that was written a while ago is.
_SETTLED_AFTER = timedelta(minutes=1)
# A municipality that was put back from an archive counts its versions anew from there, so none is kept for long.
_KEPT_SECONDS = 60.0
_MOST_SETTLED = 4_096
_settled: OrderedDict[_Key, tuple[float, dict[str, Any]]] = OrderedDict()
_settled_lock = Lock()


def settings_at(session: AnySession, installation_id: UUID, version: int) -> SettingsVersion:
    """The municipality's own values as of a version of its settings."""
    return session.scalars(
        select(SettingsVersion).where(
            SettingsVersion.tenant_id == current_tenant(session),
            SettingsVersion.installation_id == installation_id,
            SettingsVersion.version == version,
        )
    ).one()


def installed_settings(
    session: AnySession, installation: Installation, definition: Definition, *, with_secrets: bool = False
) -> dict[str, Any]:
    """The settings that `definition` runs with in this installation now.

    Own values that the definition does not know are left out; in the place of one that an earlier definition cannot
    hold is the newest that it could (`held_values`). Secrets are opened only for code that must use them.
    A municipality that was put back from an archive runs with its settings from there within a minute.
    What is given is shared: nobody changes it.
    """
    key = (installation.id, installation.settings_version, definition.digest)
    if not with_secrets and (known := _settled.get(key)) is not None and known[0] > time.monotonic():
        return known[1]
    stored = settings_at(session, installation.id, installation.settings_version)
    own = stored.overrides
    if definition.digest != installation.definition_digest:
        own = own_values_for(session, installation, definition, stored)
    values: dict[str, Any] = effective_settings(definition, own)
    if with_secrets:
        for setting_id, sealed in stored.sealed.items():
            values[setting_id] = decrypt(sealed, context=secret_context(installation, setting_id))
    elif stored.created_at < now() - _SETTLED_AFTER:
        _remember(key, values)
    return values


def _remember(key: _Key, values: dict[str, Any]) -> None:
    with _settled_lock:
        _settled[key] = (time.monotonic() + _KEPT_SECONDS, values)
        _settled.move_to_end(key)
        while len(_settled) > _MOST_SETTLED:
            _settled.popitem(last=False)


def secret_context(installation: Installation, setting_id: str) -> str:
    """What binds a sealed value to its place."""
    return f"setting:{installation.tenant_id}:{installation.id}:{setting_id}"
