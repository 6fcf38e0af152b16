"""Registers catalog, releases and publishers with the application."""

from __future__ import annotations

from urllib.parse import urlencode

import app_catalog.listings.publisher_views
import app_catalog.publishers.key_views
import app_catalog.publishers.people_views
import app_catalog.publishers.views
import app_catalog.releases.own_app_views
import app_catalog.releases.views  # noqa: F401 - these modules add their routes to `publishing`.
import tenants.identity
from app_catalog.catalog.api import api_docs, catalog_api
from app_catalog.catalog.app_page import show_retention
from app_catalog.catalog.card_markup import app_card
from app_catalog.catalog.categories import AUDIENCES, category_icon, category_name
from app_catalog.catalog.changes_api import changes_api
from app_catalog.catalog.files import short_digest
from app_catalog.catalog.views import app_files, catalog
from app_catalog.publishers.blueprint import publishing
from app_catalog.publishers.members import publishers_of
from app_catalog.publishers.operator_views import publisher_requests
from app_catalog.releases.api import releases_api
from app_catalog.releases.curator_views import curating
from app_catalog.releases.own_app_views import yanking
from lumbung.i18n import Text
from lumbung.web.access import CURATOR, OPERATOR, SIGNED_IN
from lumbung.web.navigation import Entry, add_navigation
from lumbung.web.sites import LumbungFlask


def app_icon_url(slug: str, digest: str = "") -> str:
    """Address of an app's icon on hub and portals; with its digest it may be cached for good."""
    return f"/apps/{slug}/icon.svg" + (f"?{urlencode({'v': short_digest(digest)})}" if digest else "")


def install_catalog(app: LumbungFlask) -> None:
    """Register the open pages, publishing, curating, their navigation, and who acts for which publisher."""
    programs = (releases_api, changes_api, catalog_api, api_docs)
    for blueprint in (catalog, app_files, publishing, publisher_requests, curating, yanking, *programs):
        app.register_blueprint(blueprint)
    app.jinja_env.globals.update(
        app_card=app_card,
        app_icon_url=app_icon_url,
        category_name=category_name,
        category_icon=category_icon,
        audience_name=lambda audience: AUDIENCES.get(audience, Text(audience, audience)),
        show_retention=show_retention,
    )
    tenants.identity.publisher_lookup = publishers_of
    add_navigation(
        Entry(place="hub", href="/apps", text=Text("Katalog", "Catalog"), icon="apps", order=10),
        Entry(place="hub", href="/publish", text=Text("Terbitkan", "Publish"), icon="upload", order=30),
        Entry(
            place="account",
            href="/publish",
            text=Text("Penerbit saya", "My publishers"),
            icon="upload",
            order=40,
            rule=SIGNED_IN,
        ),
        Entry(
            place="account",
            href="/operator/publishers",
            text=Text("Permintaan penerbit", "Publisher requests"),
            icon="building-bank",
            order=70,
            rule=OPERATOR,
        ),
        Entry(
            place="account",
            href="/curator/releases",
            text=Text("Rilis yang menunggu", "Waiting releases"),
            icon="package",
            order=72,
            rule=CURATOR,
        ),
    )(app)
