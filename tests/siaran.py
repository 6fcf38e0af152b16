"""SIARAN, published by Tangsel and enabled in a municipality, by the real services."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app_catalog.installations.models import Installation
from app_catalog.installations.services import enable_app
from app_catalog.publishers.keys import make_platform_key
from app_catalog.publishers.models import Publisher, PublisherMember
from app_catalog.releases.models import App, Release
from app_catalog.releases.submission import publish_folder
from lumbung.db import as_tenant
from tests.world import Place, World

SIARAN = Path(__file__).resolve().parent / "packages" / "siaran-0.9.0"
"""SIARAN as it was first released: what is published stays as it is, so that what is bundled now may go on."""
BUNDLED = Path(__file__).resolve().parent.parent / "apps" / "siaran"
"""SIARAN as it is bundled."""

AGENCIES: dict[str, Any] = {
    "street-light": {"agency": "dishub"},
    "congestion": {"agency": "dishub"},
    "rubbish": {"agency": "dlh"},
    "road": {"agency": "dishub"},
    "flood": {"agency": "dlh"},
    "emergency": {"agency": "diskominfo"},
}
"""What a municipality must say before SIARAN can be enabled: the agency of each category."""


def add_publisher(session: scoped_session[Session], world: World) -> Publisher:
    """Tangsel as an approved publisher; its admin is the owner."""
    found = session.scalar(select(Publisher).where(Publisher.slug == "tangsel"))
    if found:
        return found
    publisher = Publisher(
        slug="tangsel",
        name="Kota Tangerang Selatan",
        kind="municipality",
        municipality_id=world.tangsel.id,
        contact_email="apps@tangsel.test",
        status="approved",
    )
    session.add(publisher)
    session.flush()
    session.add(PublisherMember(publisher_id=publisher.id, account_id=world.tangsel.accounts["admin"].id, role="owner"))
    make_platform_key(session, publisher)
    session.flush()
    return publisher


def publish_siaran(session: scoped_session[Session], world: World, package: Path = SIARAN) -> tuple[App, Release]:
    """SIARAN in the catalog, as first released or another `package`; committed."""
    release = publish_folder(session, add_publisher(session, world), package)
    assert isinstance(release, Release), release
    session.commit()
    return session.get_one(App, release.app_id), release


def enable_siaran(
    session: scoped_session[Session],
    world: World,
    place: Place | None = None,
    *,
    package: Path = SIARAN,
    **settings: Any,
) -> Installation:
    """SIARAN enabled in `place` (Tangsel), with own values of settings by keyword; committed."""
    app, release = publish_siaran(session, world, package)
    place = place or world.tangsel
    with as_tenant(session, place.id):
        installation = enable_app(session, app=app, release=release, overrides={"categories": AGENCIES, **settings})
        session.commit()
    return installation
