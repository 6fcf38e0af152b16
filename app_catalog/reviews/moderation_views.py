"""`/apps/<app>/reviews/<review>/flag` for anybody who is signed in, `/curator/reviews` for curators."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app_catalog.reviews.moderation import (
    access_shown_review,
    flag_review,
    hide_review,
    keep_review,
    list_flagged,
    show_review_again,
)
from lumbung.db import db
from lumbung.errors import Conflict, Invalid
from lumbung.i18n import t
from lumbung.limits import Limit, spend
from lumbung.web.access import CURATOR, SIGNED_IN, access, current_visitor

flags = Blueprint("flags", __name__, subdomain="hub", template_folder="templates")
review_curating = Blueprint(
    "review_curating", __name__, url_prefix="/curator/reviews", subdomain="hub", template_folder="templates"
)
Page = str | Response | tuple[str, int]
FLAGGING = Limit("review-flagging", 10, 3600)


@flags.get("/apps/<slug>/reviews/<uuid:review_id>/flag")
@access(SIGNED_IN)
def flag_form(slug: str, review_id: UUID) -> Page:
    """What is wrong with this review?"""
    return _flag_page(slug, review_id, {})


@flags.post("/apps/<slug>/reviews/<uuid:review_id>/flag")
@access(SIGNED_IN)
def flag(slug: str, review_id: UUID) -> Page:
    """Tell the curators."""
    _, review = access_shown_review(db.session, slug, review_id)
    spend(FLAGGING, str(current_visitor().account_id))
    try:
        flag_review(db.session, current_visitor(), review, reason=request.form.get("reason", ""))
    except Invalid as error:
        return _flag_page(slug, review_id, error.fields), 422
    flash(t("Terima kasih. Kurator akan melihatnya.", "Thank you. The curators will look at it."), "success")
    return redirect(url_for("catalog.app_page", slug=slug), 303)


@review_curating.get("")
@access(CURATOR)
def flagged() -> Page:
    """Flagged and hidden reviews."""
    return _page({})


@review_curating.post("/<uuid:review_id>/hide")
@access(CURATOR)
def hide(review_id: UUID) -> Page:
    """Hide a review, with the reason that its author reads."""
    try:
        hide_review(db.session, current_visitor(), review_id, reason=request.form.get("reason", ""))
    except Invalid as error:
        return _page({f"reason-{review_id}": error.fields["reason"]}), 422
    except Conflict as error:
        return _page({"decision": [str(error.message)]}), error.status
    flash(t("Ulasan disembunyikan; daerahnya diberi tahu.", "Hidden; the municipality is told."), "success")
    return redirect(url_for("review_curating.flagged"), 303)


@review_curating.post("/<uuid:review_id>/show")
@access(CURATOR)
def show(review_id: UUID) -> Page:
    """Show a hidden review again."""
    show_review_again(db.session, review_id)
    flash(t("Ulasan tampil lagi; daerahnya diberi tahu.", "Shown again; the municipality is told."), "success")
    return redirect(url_for("review_curating.flagged"), 303)


@review_curating.post("/<uuid:review_id>/keep")
@access(CURATOR)
def keep(review_id: UUID) -> Page:
    """Leave the review as it is."""
    keep_review(db.session, review_id)
    flash(t("Ulasan tetap tampil.", "The review stays."), "success")
    return redirect(url_for("review_curating.flagged"), 303)


def _flag_page(slug: str, review_id: UUID, errors: Mapping[str, list[str]]) -> str:
    app, review = access_shown_review(db.session, slug, review_id)
    return render_template(
        "reviews/flag.html", app=app, review=review, reason=request.form.get("reason", ""), errors=errors
    )


def _page(errors: Mapping[str, list[str]]) -> str:
    return render_template(
        "reviews/flagged.html",
        flagged=list_flagged(db.session),
        errors=errors,
        reason=request.form.get("reason", ""),
    )
