"""The municipality of a preview: people for every role, the app enabled, and its examples as records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app_catalog.definitions.model import CreateStep, Definition, Given, Scenario, Text
from app_catalog.definitions.nodes import locate
from app_catalog.definitions.problems import Problem, Problems
from app_catalog.definitions.settings_values import effective_settings, missing_settings
from app_catalog.definitions.source import Source
from app_catalog.installations.models import Installation
from app_catalog.installations.services import enable_app
from app_catalog.publishers.keys import make_platform_key
from app_catalog.publishers.models import Publisher
from app_catalog.releases.models import App, Release
from app_catalog.releases.reading import PackageRefused
from app_catalog.releases.submission import submit_package
from app_runtime.records.actors import SYSTEM
from app_runtime.records.creating import create_record
from app_runtime.scenarios.offices import open_offices
from app_runtime.scenarios.people import People, invite_people
from app_runtime.scenarios.preparing import settings_for
from app_runtime.scenarios.stage import savepoint
from lumbung.db import as_tenant, now
from lumbung.db.tenancy import AnySession
from lumbung.errors import Invalid, LumbungError
from tenants.municipalities.models import Municipality

SLUG = "pratinjau"
_CENTRE = (106.7180, -6.2886)


@dataclass(frozen=True, slots=True)
class Founded:
    """What a preview shows: the people by role, the app's address, and examples that its own rules refused."""

    people: People
    slug: str
    refused: tuple[str, ...]


def found(session: AnySession, definition: Definition, archive: bytes) -> Founded | PackageRefused:
    """A municipality that runs the package; the database is empty before. The caller commits.

    Raises LumbungError when the package cannot be enabled, for example because a setting without a default is missing.
    """
    publisher = Publisher(
        slug=SLUG, name="Pratinjau", kind="community", contact_email="x@pratinjau.invalid", status="approved"
    )
    session.add(publisher)
    session.flush()
    make_platform_key(session, publisher)
    release = submit_package(session, publisher, archive, by_operator=True)
    if isinstance(release, PackageRefused):
        return release
    municipality = Municipality(
        region_code=SLUG,
        slug=SLUG,
        name="Kota Pratinjau",
        timezone="Asia/Jakarta",
        status="active",
        activated_at=now(),
        centre_lon=_CENTRE[0],
        centre_lat=_CENTRE[1],
    )
    session.add(municipality)
    session.flush()
    with as_tenant(session, municipality.id):
        return _furnish(session, municipality, definition, release)


def without_values(source: Source, definition: Definition) -> tuple[Problem, ...]:
    """The required settings that nobody has filled in and for which the package has no default, each with its place."""
    overrides, _ = settings_for(definition, _story(definition), {})
    found = Problems()
    for missing in missing_settings(definition, effective_settings(definition, overrides)):
        cell = (missing.row, missing.column) if missing.row is not None and missing.column is not None else ()
        path = ("settings", missing.setting, *(("default", *cell) if cell else ()))
        place = locate(source.documents, "app.yaml", path)
        found.add("setting-without-value", place, path, found=".".join((missing.setting, *cell)))
    return found.report().problems


def _furnish(session: AnySession, municipality: Municipality, definition: Definition, release: Release) -> Founded:
    overrides, named = settings_for(definition, _story(definition), {})
    agencies = open_offices(session, municipality, named)
    people = invite_people(session, municipality, definition, agencies)
    app = session.get_one(App, release.app_id)
    installation = enable_app(session, app=app, release=release, overrides=overrides, announced=False)
    return Founded(people, installation.slug, tuple(_show_examples(session, installation, definition)))


def _story(definition: Definition) -> Scenario:
    """The examples as a scenario would make them, so that every agency that they name is there."""
    steps = tuple(
        CreateStep(role="public", record=record, values=values)
        for record, examples in definition.examples.items()
        for values in examples
    )
    return Scenario(id="preview", name=Text({"id": "Pratinjau"}), given=Given(), when=steps, then=())


def _show_examples(session: AnySession, installation: Installation, definition: Definition) -> list[str]:
    refused = []
    for record, examples in definition.examples.items():
        for place, values in enumerate(examples, start=1):
            try:
                with savepoint(session, keep=True):
                    create_record(session, installation, SYSTEM, record, _answers(values), channel="scenario")
            except LumbungError as error:
                refused.append(f"examples/{record}.yaml ({place}): {_words(error)}")
    return refused


def _answers(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "order"}


def _words(error: LumbungError) -> str:
    if isinstance(error, Invalid) and error.fields:
        return "; ".join(f"{name}: {' '.join(texts)}" for name, texts in error.fields.items())
    return str(error.message)
