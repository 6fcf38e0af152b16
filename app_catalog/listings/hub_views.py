"""Listings on the hub: the list, and every entry of the catalog as publiccode.yml."""

from __future__ import annotations

from hashlib import sha256

from flask import Blueprint, Response, render_template, request

from app_catalog.catalog.categories import AUDIENCES, category_choices
from app_catalog.catalog.services import LONGEST_QUERY
from app_catalog.listings.documents import get_text, write_entry
from app_catalog.listings.kinds import KINDS, STAGES
from app_catalog.listings.reading import find_listing, list_users, offered_listings, search_listings
from app_catalog.publishers.services import municipalities_administered_by
from lumbung.db import db
from lumbung.errors import NotFound
from lumbung.web.access import PUBLIC, access, current_visitor

listing_pages = Blueprint("listing_pages", __name__, subdomain="hub", template_folder="templates")


@listing_pages.get("/listings")
@access(PUBLIC)
def overview() -> str:
    """What municipalities run that is no package, with search and filters."""
    chosen = {name: request.args.get(name, "")[:100] for name in ("kind", "category", "audience", "publisher")}
    query = request.args.get("q", "").strip()[:LONGEST_QUERY]
    held, publishers = offered_listings(db.session)
    return render_template(
        "listings/overview.html",
        found=search_listings(
            db.session,
            query=query,
            kind=chosen["kind"],
            category=chosen["category"],
            audience=chosen["audience"],
            publisher=chosen["publisher"],
            page=_page(),
        ),
        chosen={"q": query, **chosen},
        kinds=KINDS,
        kind_options=[(key, kind.name) for key, kind in KINDS.items()],
        categories=[(key, name) for key, name in category_choices() if key in held or key == chosen["category"]],
        audiences=list(AUDIENCES.items()),
        publishers=publishers,
    )


@listing_pages.get("/apps/<slug>/publiccode.yml")
@access(PUBLIC)
def publiccode(slug: str) -> Response:
    """An entry as publiccode.yml of the newest version, with those who say that they use it."""
    text = get_text(db.session, slug).encode()
    response = Response(text, content_type="application/yaml; charset=utf-8")
    response.set_etag(sha256(text).hexdigest())
    response.headers["Cache-Control"] = "public, no-cache"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Content-Disposition"] = "inline"
    response.make_conditional(request)
    return response


def listing_page(slug: str) -> str:
    """The page of a listing, at the address that a package would have. Raises NotFound when none is shown."""
    card = find_listing(db.session, slug)
    if card is None:
        raise NotFound
    visitor = current_visitor()
    administered = municipalities_administered_by(db.session, visitor.account_id) if visitor.account_id else []
    users = list_users(db.session, card.app.id)
    said = {use.tenant_id for use, _ in users}
    return render_template(
        "listings/listing.html",
        card=card,
        kind=KINDS[card.app.kind],
        stages=STAGES,
        users=users,
        own_municipalities=[one for one in administered if one.id not in said],
        written=not write_entry(db.session, slug).problems,
        owns=card.publisher.id in visitor.publishers,
    )


def _page() -> int:
    written = request.args.get("page", "1")
    return min(max(int(written), 1), 1_000) if written.isascii() and written.isdigit() and len(written) < 6 else 1
