"""`/` and `/<app>`: the municipality's start page, and that of one service."""

from __future__ import annotations

from flask import render_template

from app_catalog.installations.icons import icon_url
from app_runtime.pages.blueprint import Answer, pages
from app_runtime.pages.opening import app_name, open_app, pages_for
from app_runtime.pages.portal import open_portal
from lumbung.db import db
from lumbung.i18n import pick
from lumbung.web.access import PUBLIC, access, current_visitor


@pages.get("/")
@access(PUBLIC)
def home() -> Answer:
    """The services of the municipality, tracking, what was published last."""
    return render_template("pages/home.html", portal=open_portal(db.session, current_visitor()))


@pages.get("/<slug>")
@access(PUBLIC)
def entry(slug: str) -> Answer:
    """One service: what it is, and the way to its pages."""
    app = open_app(db.session, slug)
    tile = next((page for page in app.definition.pages.values() if page.kind == "tile"), None)
    return render_template(
        "pages/entry.html",
        app=app,
        name=app_name(app),
        icon_url=icon_url(app.installation),
        text=pick(tile.text) if tile else "",
        listed=pages_for(app, current_visitor()),
    )
