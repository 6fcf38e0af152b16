"""Izin, an app with documents and every kind of page, enabled by the services."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.definitions.source import Source, load_files, load_folder
from app_catalog.installations.models import Installation
from app_catalog.installations.services import enable_app
from app_catalog.releases.models import App, Release
from app_catalog.releases.submission import publish_folder
from lumbung.db import as_tenant, use_tenant
from tenants.people.models import RoleGrant
from tests.siaran import add_publisher
from tests.world import Place, World

IZIN = Path(__file__).resolve().parent / "packages" / "izin-1.0.0"


def enable_izin(session: scoped_session[Session], world: World, place: Place | None = None) -> Installation:
    """Izin enabled in `place` (Tangsel), whose `handler` is its clerk; the session belongs to the place, committed."""
    release = publish_folder(session, add_publisher(session, world), IZIN)
    assert isinstance(release, Release), release
    session.commit()
    place = place or world.tangsel
    with as_tenant(session, place.id):
        enable_app(session, app=session.get_one(App, release.app_id), release=release, overrides={})
        session.add(
            RoleGrant(tenant_id=place.id, membership_id=place.members["handler"].id, app_id="izin", role="clerk")
        )
        session.commit()
    use_tenant(session, place.id)
    return session.scalars(select(Installation)).one()


def edited(edits: Mapping[str, tuple[str, str] | str]) -> Source:
    """Izin with files changed (old text, new text) or put in their place."""
    files: dict[str, Any] = dict(load_folder(IZIN).files)
    for file, edit in edits.items():
        if isinstance(edit, str):
            files[file] = edit.encode()
            continue
        text = files[file].decode()
        assert edit[0] in text, edit[0]
        files[file] = text.replace(*edit).encode()
    return load_files(files)
