"""The hub's open pages: start, catalog, app, release."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request

from app_catalog.catalog.app_body import show_changelog
from app_catalog.catalog.app_page import get_app_page, get_canonical, get_release_page
from app_catalog.catalog.categories import AUDIENCES
from app_catalog.catalog.changes import get_changes, versions_before
from app_catalog.catalog.difference_words import group_differences
from app_catalog.catalog.files import FOREVER, answer_file, find_icon, get_release_file, short_digest
from app_catalog.catalog.finding import find_apps, newest_apps
from app_catalog.catalog.services import LONGEST_QUERY, MOST_PAGES, PAGE, count_figures
from app_catalog.listings.hub_views import listing_page
from app_catalog.listings.kinds import KINDS
from app_catalog.listings.reading import asked_beside, read_beside
from lumbung.db import db
from lumbung.errors import NotFound
from lumbung.web.access import PUBLIC, access, current_visitor

catalog = Blueprint("catalog", __name__, subdomain="hub", template_folder="templates")
MOST_CHOSEN = 4
"""How many apps may be kept for a comparison while somebody looks for more."""
BESIDE = 6
"""How many listings stand beneath the packages of the catalog."""
app_files = Blueprint("app_files", __name__, subdomain="portal")


@catalog.get("/")
@access(PUBLIC)
def start() -> str:
    """What Lumbung is, for somebody who has never heard of it."""
    return render_template(
        "catalog/start.html", figures=count_figures(db.session), newest=newest_apps(db.session, limit=6)
    )


@catalog.get("/apps")
@access(PUBLIC)
def app_list() -> str:
    """The catalog with search and filters."""
    asked = {name: request.args.get(name, "").strip()[:LONGEST_QUERY] for name in ("q", "category", "audience", "sort")}
    page = min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)
    query, category, audience = asked["q"], asked["category"], asked["audience"]
    compared = [slug[:LONGEST_QUERY] for slug in request.args.getlist("with")][:MOST_CHOSEN]
    found = find_apps(
        db.session,
        query=query,
        category=category,
        audience=audience,
        sort=asked["sort"],
        offset=(page - 1) * PAGE,
        beside=[asked_beside(query, category=category, audience=audience, limit=BESIDE)] if page == 1 else [],
    )
    return render_template(
        "catalog/apps.html",
        found=found,
        page=page,
        pages_size=PAGE,
        chosen={**asked, "query": query, "compared": compared},
        kept_chosen="".join(f"&{urlencode({'with': slug})}" for slug in compared),
        shown_slugs={card.slug for card in found.cards},
        audiences=list(AUDIENCES.items()),
        beside=read_beside(*found.beside) if found.beside else None,
        beside_kinds=KINDS,
    )


@catalog.get("/apps/<slug>")
@access(PUBLIC)
def app_page(slug: str) -> str:
    """One app, or a listing by that id."""
    try:
        page = get_app_page(db.session, slug, account_id=current_visitor().account_id)
    except NotFound:
        return listing_page(slug)
    return render_template("catalog/app.html", page=page)


@catalog.get("/apps/<slug>/<version>")
@access(PUBLIC)
def release_page(slug: str, version: str) -> str:
    """One version of an app."""
    page = get_release_page(db.session, slug, version, current_visitor())
    return render_template(
        "catalog/release.html",
        page=page,
        changelog=show_changelog(page.definition),
        before=next(iter(versions_before(db.session, page)), None),
    )


@catalog.get("/apps/<slug>/<version>/changes")
@access(PUBLIC)
def changes_page(slug: str, version: str) -> str:
    """What a version brings after another (`from`; the published one before it, without)."""
    found = get_changes(db.session, slug, version, since=request.args.get("from") or None, visitor=current_visitor())
    return render_template("catalog/changes.html", changes=found, differences=group_differences(found.differences))


@catalog.get("/apps/<slug>/<version>/canonical.json")
@access(PUBLIC)
def canonical(slug: str, version: str) -> Response:
    """The signed content of a version; its SHA-256 is the digest."""
    page = get_release_page(db.session, slug, version, current_visitor())
    response = Response(get_canonical(db.session, page.state.release), mimetype="application/json")
    response.headers["Cache-Control"] = FOREVER if page.state.kind == "published" else "no-store"
    response.set_etag(page.state.release.digest)
    return response


@catalog.get("/apps/<slug>/<version>/files/<path:path>")
@access(PUBLIC)
def release_file(slug: str, version: str, path: str) -> Response:
    """A picture of a version."""
    page = get_release_page(db.session, slug, version, current_visitor())
    return answer_file(get_release_file(db.session, page.state.release, path), forever=page.state.kind == "published")


@catalog.get("/apps/<slug>/icon.svg")
@app_files.get("/apps/<slug>/icon.svg")
@access(PUBLIC)
def icon(slug: str) -> Response:
    """An app's icon; `?v=` names its content."""
    wanted = request.args.get("v", "")[:64]
    file = find_icon(db.session, slug, wanted=wanted)
    return answer_file(file, forever=bool(wanted) and short_digest(file.digest) == wanted)
