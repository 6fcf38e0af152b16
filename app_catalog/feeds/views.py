"""`/apps.atom`, `/apps/<app>/releases.atom` and `/regions/<code>/news.atom` (RFC 4287)."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response

from app_catalog.feeds.model import answer_feed
from app_catalog.feeds.services import new_apps, news_of_region, releases_of
from app_catalog.requests.reading import access_listed_app
from lumbung.db import db
from lumbung.errors import NotFound
from lumbung.i18n import pick, t
from lumbung.web.access import PUBLIC, access
from tenants.municipalities.services import get_by_region

feeds = Blueprint("feeds", __name__, subdomain="hub", template_folder="templates")
EMPTY = datetime(2026, 1, 1, tzinfo=UTC)
"""When a feed changed last in which nothing has ever stood; a moment of its own would change with every question."""


@feeds.get("/apps.atom")
@access(PUBLIC)
def apps() -> Response:
    """New apps."""
    title = t("Aplikasi baru di katalog", "New apps in the catalog")
    return answer_feed("/apps.atom", title=title, href="/apps", began=EMPTY, entries=new_apps(db.session))


@feeds.get("/apps/<slug>/releases.atom")
@access(PUBLIC)
def releases(slug: str) -> Response:
    """New versions of an app."""
    app = access_listed_app(db.session, slug)
    path = f"/apps/{app.slug}"
    title = t("Versi baru {app}", "New versions of {app}", app=pick(app.name))
    entries = releases_of(db.session, app)
    return answer_feed(f"{path}/releases.atom", title=title, href=path, began=app.created_at, entries=entries)


@feeds.get("/regions/<code>/news.atom")
@access(PUBLIC)
def region(code: str) -> Response:
    """What a municipality says in public. Raises NotFound while it does not take part."""
    municipality = get_by_region(db.session, code)
    if municipality.status != "active":
        raise NotFound
    path = f"/regions/{municipality.region_code}"
    entries = news_of_region(db.session, municipality)
    return answer_feed(
        f"{path}/news.atom", title=municipality.name, href=path, began=municipality.created_at, entries=entries
    )
