"""The app of the demonstration: published by the first city, enabled in each."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from app_catalog.installations.models import Installation
from app_catalog.installations.services import enable_app
from app_catalog.publishers.services import approve_publisher, request_publisher
from app_catalog.releases.models import App, Release
from app_catalog.releases.reading import PackageRefused
from app_catalog.releases.submission import publish_folder
from app_runtime.demonstration.founding import Founded, add_operator
from app_runtime.demonstration.script import ADMIN, APP
from lumbung.db.tenancy import AnySession

BUNDLED = Path(__file__).resolve().parents[2] / "apps"
PACKAGE = BUNDLED / APP


class PackageUnfit(Exception):
    """The bundled package was refused; the message is its first problem."""


def publish_app(session: AnySession, founded: Founded) -> None:
    """The municipality asks to be a publisher, is approved, and publishes the app. Raises PackageUnfit."""
    visitor = founded.visitor(founded.city.with_role(ADMIN))
    assert visitor.account_id is not None
    publisher = request_publisher(
        session,
        visitor.account_id,
        kind="municipality",
        name=founded.municipality.name,
        slug=founded.city.slug,
        contact_email=f"aplikasi@{founded.city.slug}.example.org",
        about="Tim aplikasi kota. Kami membagikan apa yang kami pakai sendiri setiap hari.",
        municipality_id=founded.id,
    )
    approve_publisher(session, publisher.id, decided_by=add_operator(session).id)
    release = publish_folder(session, publisher, PACKAGE, account_id=visitor.account_id)
    if isinstance(release, PackageRefused):
        raise PackageUnfit(str(release))


def find_release(session: AnySession) -> tuple[App, Release]:
    """The app in the catalog and its newest release."""
    app = session.scalars(select(App).where(App.slug == APP)).one()
    return app, session.scalars(select(Release).where(Release.id == app.latest_release_id)).one()


def enable_in(session: AnySession, founded: Founded) -> Installation:
    """The app enabled in the session's municipality with its own settings and name."""
    app, release = find_release(session)
    city = founded.city
    return enable_app(
        session,
        app=app,
        release=release,
        overrides={
            **city.settings,
            "categories": {category: {"agency": office} for category, office in city.agencies.items()},
        },
        own_name=city.own_name,
        account_id=founded.visitor(city.with_role(ADMIN)).account_id,
    )
