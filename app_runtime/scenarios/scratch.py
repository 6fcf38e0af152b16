"""The municipality that a scenario is played in: rows that are never committed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from app_catalog.definitions.model import Definition
from app_catalog.installations.models import Installation, InstalledDefinition, SettingsVersion
from app_catalog.publishers.models import Publisher, SigningKey
from app_catalog.releases.models import App, Release
from app_runtime.scenarios.offices import open_offices
from app_runtime.scenarios.people import People, invite_people
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from tenants.agencies.models import Agency
from tenants.municipalities.models import Municipality

ZONE = "Asia/Jakarta"


@dataclass(frozen=True, slots=True)
class Scratch:
    """A municipality with agencies (by key), people, office hours and the app enabled."""

    municipality: Municipality
    installation: Installation
    agencies: Mapping[str, Agency]
    people: People


def add_municipality(session: AnySession) -> Municipality:
    """A municipality in western Indonesia that nobody has heard of."""
    slug = f"scenario-{uuid4()}"
    municipality = Municipality(
        region_code=slug, slug=slug, name="Kota Skenario", timezone=ZONE, status="active", activated_at=now()
    )
    session.add(municipality)
    session.flush()
    return municipality


def furnish(
    session: AnySession,
    municipality: Municipality,
    definition: Definition,
    *,
    agencies: Mapping[str, str],
    overrides: Mapping[str, Any],
) -> Scratch:
    """Everything that the scenario needs; the session belongs to the municipality already.

    `agencies` are names by key; `overrides` the settings over the package's defaults. Offices are open from Monday to
    Friday, 8 to 16.
    """
    app_id, release_id = _add_release(session, definition)
    offices = open_offices(session, municipality, agencies)
    pinned = InstalledDefinition(
        tenant_id=municipality.id, digest=definition.digest, release_id=release_id, patches=[], created_at=now()
    )
    installation = Installation(
        tenant_id=municipality.id,
        app_id=app_id,
        release_id=release_id,
        definition_digest=definition.digest,
        slug=definition.id,
        enabled_at=now(),
    )
    session.add_all([pinned, installation])
    session.flush()
    settings = SettingsVersion(
        tenant_id=municipality.id,
        installation_id=installation.id,
        version=installation.settings_version,
        overrides=dict(overrides),
        sealed={},
    )
    session.add(settings)
    people = invite_people(session, municipality, definition, offices)
    session.flush()
    return Scratch(municipality, installation, offices, people)


def _add_release(session: AnySession, definition: Definition) -> tuple[Any, Any]:
    """Rows for the foreign keys; the definition itself is given, not read from them."""
    mark = f"scenario-{uuid4()}"
    publisher = Publisher(slug=mark, name="Skenario", kind="community", contact_email=f"x@{mark}.invalid")
    session.add(publisher)
    session.flush()
    key = SigningKey(publisher_id=publisher.id, name=mark, public_key=mark)
    app = App(
        slug=mark,
        publisher_id=publisher.id,
        category=definition.category,
        audience=definition.audience,
        name=dict(definition.name),
        summary={},
        description={},
    )
    session.add_all([key, app])
    session.flush()
    release = Release(
        app_id=app.id,
        version=definition.version,
        digest=definition.digest,
        canonical="",
        signature="",
        signing_key_id=key.id,
        report={},
    )
    session.add(release)
    session.flush()
    return app.id, release.id
