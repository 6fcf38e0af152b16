"""Pagu, an app with rules over many records (ceilings of budgets, seats of clinics), enabled by the services."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session, scoped_session

from app_catalog.definitions.source import Source, load_files, load_folder
from app_catalog.installations.models import Installation
from app_catalog.installations.services import enable_app
from app_catalog.releases.models import App, Release
from app_catalog.releases.submission import publish_folder
from app_runtime.records.actors import SYSTEM, Actor
from app_runtime.records.creating import create_record
from app_runtime.records.models import Record
from lumbung.db import as_tenant
from lumbung.db.tenancy import AnySession
from tests.siaran import add_publisher
from tests.world import Place, World

PAGU = Path(__file__).resolve().parent / "packages" / "pagu-1.0.0"
PLANNER = Actor(kind="member", name="Perencana", roles=frozenset({"public", "official", "planner"}))
"""Somebody who plans budgets; nobody in particular."""


def enable_pagu(
    session: scoped_session[Session], world: World, place: Place | None = None, **settings: Any
) -> Installation:
    """Pagu enabled in `place` (Tangsel); committed."""
    release = publish_folder(session, add_publisher(session, world), PAGU)
    assert isinstance(release, Release), release
    session.commit()
    place = place or world.tangsel
    with as_tenant(session, place.id):
        app = session.get_one(App, release.app_id)
        installation = enable_app(session, app=app, release=release, overrides=settings)
        session.commit()
    return installation


def make(session: AnySession, installation: Installation, kind: str, /, **values: Any) -> Record:
    """A record of Pagu, made by the platform."""
    return create_record(session, installation, SYSTEM, kind, values, channel="api").record


def edited(file: str, *edits: tuple[str, str]) -> Source:
    """Pagu with a file of it changed."""
    files = dict(load_folder(PAGU).files)
    text = files[file].decode()
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    return load_files({**files, file: text.encode()})
