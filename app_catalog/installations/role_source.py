"""The roles of a municipality's enabled apps, for whoever gives roles to people."""

from __future__ import annotations

from collections.abc import Iterable

from app_catalog.installations.definitions import definitions_of_all
from app_catalog.installations.names import shown_name
from app_catalog.installations.services import list_installations
from lumbung.db.tenancy import AnySession
from lumbung.i18n import pick, t


def app_roles(session: AnySession) -> Iterable[tuple[str, str, str]]:
    """`(app id, role, label)` for every role of the session's municipality's enabled apps; the label names the app.

    Roles that only an earlier version has are among them: records that run on it are finished by who has them.
    """
    installations = list_installations(session)
    used = definitions_of_all(session, installations)
    for installation in installations:
        present, *earlier = used[installation.id]
        app_name = shown_name(installation, present)
        for role in present.roles.values():
            yield installation.slug, role.id, f"{pick(role.name)} ({app_name})"
        former = {role.id: role for definition in reversed(earlier) for role in definition.roles.values()}
        for role_id, role in former.items():
            if role_id not in present.roles:
                label = t(
                    "{role} ({app}, versi lama)", "{role} ({app}, earlier version)", role=pick(role.name), app=app_name
                )
                yield installation.slug, role_id, label
