"""`/manage/listings`: what the municipality says that it uses, apart from the apps that run here."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app_catalog.catalog.services import LONGEST_QUERY
from app_catalog.listings.kinds import KINDS
from app_catalog.listings.reading import search_listings
from app_catalog.listings.uses import list_own_uses, say_use, take_use_back
from lumbung.db import db
from lumbung.i18n import pick, t
from lumbung.web.access import ADMIN, access
from lumbung.web.sites import current_municipality

listing_uses = Blueprint(
    "listing_uses", __name__, url_prefix="/manage/listings", subdomain="portal", template_folder="templates"
)
SHOWN = 20


@listing_uses.get("")
@access(ADMIN)
def overview() -> str:
    """What is said already, and listings to say it of."""
    query = request.args.get("q", "").strip()[:LONGEST_QUERY]
    uses = list_own_uses(db.session, current_municipality().id)
    return render_template(
        "listings/uses.html",
        uses=uses,
        said={app.id for _, app in uses},
        query=query,
        found=search_listings(db.session, query=query, limit=SHOWN),
        kinds=KINDS,
    )


@listing_uses.post("/<slug>")
@access(ADMIN)
def change(slug: str) -> Response:
    """Say it in public, or take it back."""
    municipality_id = current_municipality().id
    if request.form.get("step") == "take-back":
        app = take_use_back(db.session, municipality_id, slug)
        flash(t("{name} tidak lagi diumumkan.", "{name} is no longer announced.", name=pick(app.name)), "success")
    else:
        app = say_use(db.session, municipality_id, slug)
        flash(
            t(
                "Katalog kini menyebut daerah Anda sebagai pemakai {name}.",
                "The catalog now names your municipality as a user of {name}.",
                name=pick(app.name),
            ),
            "success",
        )
    return redirect(url_for("listing_uses.overview"), code=303)
