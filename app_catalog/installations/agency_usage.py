"""Which enabled apps name an agency in their settings: such an agency is not closed before that is changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app_catalog.definitions.model import Definition
from app_catalog.installations.definitions import definition_by_digest
from app_catalog.installations.effective import installed_settings
from app_catalog.installations.models import Installation
from app_catalog.installations.names import shown_name
from app_catalog.installations.services import list_installations
from lumbung.db.tenancy import AnySession


def apps_using_agency(session: AnySession, key: str) -> Sequence[str]:
    """Names of the session's municipality's enabled apps whose settings name the agency with this key."""
    found = []
    for installation in list_installations(session):
        definition = definition_by_digest(session, installation.definition_digest)
        settings = installed_settings(session, installation, definition)
        if key in _named_agencies(definition, settings):
            found.append(shown_name(installation, definition))
    return found


def named_agencies(session: AnySession, installation: Installation) -> frozenset[str]:
    """Keys of the agencies that the settings of the installation name."""
    definition = definition_by_digest(session, installation.definition_digest)
    return frozenset(_named_agencies(definition, installed_settings(session, installation, definition)))


def _named_agencies(definition: Definition, settings: Mapping[str, Any]) -> Iterator[str]:
    for spec in definition.settings.values():
        value = settings.get(spec.id)
        if spec.type == "agency" and value:
            yield str(value)
        elif spec.type == "table" and isinstance(value, Mapping):
            columns = [column.id for column in spec.columns.values() if column.type == "agency"]
            yield from (str(row[name]) for row in value.values() for name in columns if row.get(name))
