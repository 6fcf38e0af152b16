"""Reviews on the portal, replies on the hub."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app_catalog.evaluations.telling import tell_maintainers, tell_municipality
from app_catalog.installations.definitions import definition_by_digest
from app_catalog.installations.names import shown_name
from app_catalog.installations.services import access_installation
from app_catalog.releases.models import App
from app_catalog.reviews.asking import postpone_review
from app_catalog.reviews.models import Review
from app_catalog.reviews.moderation import find_hidden
from app_catalog.reviews.services import (
    access_judgement,
    find_review,
    list_replying_apps,
    reply_publicly,
    withdraw_review,
    write_review,
)
from lumbung.db import as_tenant, db
from lumbung.errors import Conflict, Invalid
from lumbung.i18n import t
from lumbung.limits import Limit, spend
from lumbung.web.access import EVALUATOR, PUBLISHER, access, current_visitor

reviews = Blueprint("reviews", __name__, url_prefix="/manage/apps", subdomain="portal", template_folder="templates")
replies = Blueprint("replies", __name__, url_prefix="/publish/replies", subdomain="hub", template_folder="templates")
WRITING = Limit("review-writing", 20, 3600)
REPLYING = Limit("reply-writing", 100, 3600)
Page = str | Response | tuple[str, int]


@reviews.get("/<slug>/review")
@access(EVALUATOR)
def review_form(slug: str) -> Page:
    """Stars and words of this municipality."""
    installation = access_installation(db.session, slug)
    found = find_review(db.session, installation.app_id)
    return _review_page(slug, found.stars if found else None, found.words if found else "", found, {})


@reviews.post("/<slug>/review/later")
@access(EVALUATOR)
def later(slug: str) -> Page:
    """Not now: do not ask for a review of this app for a while."""
    postpone_review(db.session, access_installation(db.session, slug))
    flash(t("Baik, lain kali saja.", "Fine, another time."), "success")
    admin = "tenant_admin" in current_visitor().roles
    return redirect(url_for("manage.overview" if admin else "evaluations.overview"), 303)


@reviews.post("/<slug>/review")
@access(EVALUATOR)
def review(slug: str) -> Page:
    """Publish or rewrite the review, or take it back."""
    installation = access_installation(db.session, slug)
    found = find_review(db.session, installation.app_id)
    if request.form.get("step") == "withdraw" and found is not None:
        try:
            withdraw_review(db.session, found)
            flash(t("Ulasan ditarik.", "The review was withdrawn."), "success")
        except Conflict as refusal:
            flash(str(refusal.message), "warning")
        return redirect(url_for("reviews.review_form", slug=slug), 303)
    spend(WRITING, str(current_visitor().account_id))
    stars, words = request.form.get("stars", ""), request.form.get("words", "")
    try:
        written = write_review(
            db.session,
            current_visitor(),
            installation,
            stars=int(stars) if stars in {"1", "2", "3", "4", "5"} else 0,
            words=words,
        )
    except Invalid as error:
        return _review_page(slug, stars or None, words, found, error.fields), 422
    app = db.session.get_one(App, installation.app_id)
    tell_maintainers(db.session, app, who=written.municipality_name, what="review")
    flash(t("Ulasan tampil di katalog. Terima kasih.", "The review is public. Thank you."), "success")
    return redirect(url_for("reviews.review_form", slug=slug), 303)


@replies.get("")
@access(PUBLISHER)
def reply_list() -> Page:
    """Everything that municipalities wrote about the visitor's apps, with what was replied."""
    return render_template("reviews/replies.html", apps=list_replying_apps(db.session, current_visitor()), errors={})


@replies.post("/<kind>/<uuid:subject_id>")
@access(PUBLISHER)
def reply(kind: str, subject_id: UUID) -> Page:
    """Publish the maintainer's reply."""
    app, subject = access_judgement(db.session, current_visitor(), kind, subject_id)
    spend(REPLYING, str(current_visitor().account_id))
    try:
        written = reply_publicly(
            db.session,
            current_visitor(),
            app,
            subject_type=kind,
            subject_id=subject_id,
            municipality_id=subject.tenant_id,
            words=request.form.get("words", ""),
        )
    except Invalid as error:
        shown = {str(subject_id): error.fields["words"][0], "typed": request.form.get("words", "")}
        apps = list_replying_apps(db.session, current_visitor())
        return render_template("reviews/replies.html", apps=apps, errors=shown), 422
    with as_tenant(db.session, subject.tenant_id):
        tell_municipality(db.session, app, publisher=written.author)
    flash(t("Jawaban Anda sudah tampil.", "Your reply is public."), "success")
    return redirect(url_for("replies.reply_list"), 303)


def _review_page(slug: str, stars: object, words: str, found: Review | None, errors: object) -> str:
    installation = access_installation(db.session, slug)
    definition = definition_by_digest(db.session, installation.definition_digest)
    return render_template(
        "reviews/review.html",
        installation=installation,
        name=shown_name(installation, definition),
        version=definition.version,
        stars=stars,
        words=words,
        review=found,
        hidden=find_hidden(db.session, found.id) if found else None,
        errors=errors,
    )
