"""`/curator/listings`: what curators keep out of the catalog."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app_catalog.listings.withholding import get_any_listing, let_in_again, list_withheld, withhold_listing
from lumbung.db import db
from lumbung.errors import Invalid
from lumbung.i18n import pick, t
from lumbung.web.access import CURATOR, access

listing_curating = Blueprint(
    "listing_curating", __name__, url_prefix="/curator/listings", subdomain="hub", template_folder="templates"
)
Page = str | Response | tuple[str, int]


@listing_curating.get("")
@access(CURATOR)
def withheld() -> Page:
    """What is kept out, and why."""
    return render_template("listings/withheld.html", withheld=list_withheld(db.session))


@listing_curating.get("/<slug>")
@access(CURATOR)
def reason_form(slug: str) -> Page:
    """Why a listing is to be kept out."""
    return _reason_page(slug, {}, "")


@listing_curating.post("/<slug>")
@access(CURATOR)
def keep_out(slug: str) -> Page:
    """Keep it out; its publisher is told."""
    reason = request.form.get("reason", "")
    try:
        app = withhold_listing(db.session, slug, reason=reason)
    except Invalid as error:
        return _reason_page(slug, error.fields, reason), error.status
    flash(
        t(
            "{name} tidak tampil lagi; penerbitnya diberi tahu.",
            "{name} is shown no more; its publisher is told.",
            name=pick(app.name),
        ),
        "success",
    )
    return redirect(url_for("listing_curating.withheld"), code=303)


@listing_curating.post("/<slug>/show")
@access(CURATOR)
def show_again(slug: str) -> Page:
    """Let it in again."""
    app = let_in_again(db.session, slug)
    if app.hidden_at is None:
        told = t("{name} tampil lagi.", "{name} is shown again.", name=pick(app.name))
    else:
        told = t(
            "{name} boleh tampil lagi; penerbitnya sendiri menariknya.",
            "{name} may be shown again; its publisher withdrew it.",
            name=pick(app.name),
        )
    flash(told, "success")
    return redirect(url_for("listing_curating.withheld"), code=303)


def _reason_page(slug: str, errors: Mapping[str, list[str]], reason: str) -> str:
    app, listing, publisher = get_any_listing(db.session, slug)
    return render_template(
        "listings/keep_out.html", app=app, listing=listing, publisher=publisher, errors=errors, reason=reason
    )
