"""`/publish/<publisher>/apps/<app>/<version>`: one release, from its submission to the municipalities."""

from __future__ import annotations

from flask import Blueprint, render_template

from app_catalog.publishers.blueprint import Page, own_account
from app_catalog.publishers.members import access_publisher, is_owner
from app_catalog.releases.changing import access_own_app, get_state
from app_catalog.spread.reading import get_spread
from app_catalog.spread.wording import EVENTS, HOW
from lumbung.db import db
from lumbung.web.access import SIGNED_IN, access

spread_pages = Blueprint("spread_pages", __name__, url_prefix="/publish", subdomain="hub", template_folder="templates")


@spread_pages.get("/<slug>/apps/<app_slug>/<version>")
@access(SIGNED_IN)
def own_release(slug: str, app_slug: str, version: str) -> Page:
    """What became of a release, and how far it has come."""
    publisher = access_publisher(db.session, own_account(), slug)
    app = access_own_app(db.session, publisher, app_slug)
    return render_template(
        "spread/release.html",
        publisher=publisher,
        app=app,
        spread=get_spread(db.session, app, get_state(db.session, app, version)),
        owner=is_owner(db.session, publisher, own_account()),
        event_words=EVENTS,
        how_words=HOW,
    )
