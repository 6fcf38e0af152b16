"""The roles of a municipality's enabled apps, for whoever gives roles to people."""

from __future__ import annotations

from collections.abc import Iterable

from app_catalog.installations.definitions import definition_by_digest
from app_catalog.installations.names import shown_name
from app_catalog.installations.services import list_installations
from lumbung.db.tenancy import AnySession
from lumbung.i18n import pick


def app_roles(session: AnySession) -> Iterable[tuple[str, str, str]]:
    """`(app id, role, label)` for every role of the session's municipality's enabled apps; the label names the app."""
    for installation in list_installations(session):
        definition = definition_by_digest(session, installation.definition_digest)
        app_name = shown_name(installation, definition)
        for role in definition.roles.values():
            yield installation.slug, role.id, f"{pick(role.name)} ({app_name})"
