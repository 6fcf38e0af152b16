"""`/manage/wishes`: what this municipality misses, and what it supports of others' wishes."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app_catalog.catalog.categories import category_choices, category_name
from app_catalog.wishes.models import Wish
from app_catalog.wishes.reading import PAGE, STATES, TONES, list_wishes
from app_catalog.wishes.services import (
    access_own_wish,
    is_taken_up,
    own_votes,
    rewrite_wish,
    take_vote_back,
    vote,
    wish,
    withdraw_wish,
)
from lumbung.db import db
from lumbung.errors import Conflict, Invalid
from lumbung.i18n import t
from lumbung.limits import Limit, spend
from lumbung.web.access import EVALUATOR, access, current_visitor
from lumbung.web.sending import make_once
from lumbung.web.sites import current_municipality

wishing = Blueprint("wishing", __name__, url_prefix="/manage/wishes", subdomain="portal", template_folder="templates")
Page = str | Response | tuple[str, int]
WRITING = Limit("wish-writing", 20, 3600)
VOTING = Limit("wish-voting", 120, 3600)
FIELDS = ("title", "problem", "serves", "category")


@wishing.get("")
@access(EVALUATOR)
def overview() -> Page:
    """Everybody's wishes to support, and the form for an own one."""
    return _overview({}, {})


@wishing.post("")
@access(EVALUATOR)
def write() -> Page:
    """Publish a wish."""
    spend(WRITING, str(current_visitor().account_id))
    try:
        make_once("wish", lambda: wish(db.session, current_visitor(), **_answers()).id)
    except Invalid as error:
        return _overview(error.fields, request.form), 422
    flash(t("Keinginan daerah Anda tampil di hub.", "Your municipality’s wish is public on the hub."), "success")
    return redirect(url_for("wishing.overview"), 303)


@wishing.get("/<uuid:own_wish_id>")
@access(EVALUATOR)
def edit(own_wish_id: UUID) -> Page:
    """An own wish, to correct or withdraw."""
    own = access_own_wish(db.session, own_wish_id)
    return _own_page(own, {}, {name: getattr(own, name) for name in FIELDS})


@wishing.post("/<uuid:own_wish_id>")
@access(EVALUATOR)
def change(own_wish_id: UUID) -> Page:
    """Rewrite an own wish, or take it back."""
    own = access_own_wish(db.session, own_wish_id)
    if request.form.get("step") == "withdraw":
        withdraw_wish(db.session, own)
        flash(t("Keinginan ditarik.", "The wish was withdrawn."), "success")
        return redirect(url_for("wishing.overview"), 303)
    spend(WRITING, str(current_visitor().account_id))
    try:
        rewrite_wish(db.session, own, **_answers())
    except Invalid as error:
        return _own_page(own, error.fields, request.form), 422
    except Conflict as error:
        flash(str(error.message), "warning")
        return redirect(url_for("wishing.edit", own_wish_id=own_wish_id), 303)
    flash(t("Keinginan diperbarui.", "The wish was updated."), "success")
    return redirect(url_for("wishing.overview"), 303)


@wishing.post("/<uuid:shown_wish_id>/vote")
@access(EVALUATOR)
def support(shown_wish_id: UUID) -> Page:
    """Support a wish in the municipality's name, or no longer."""
    spend(VOTING, str(current_visitor().account_id))
    try:
        if request.form.get("step") == "take-back":
            take_vote_back(db.session, shown_wish_id)
            flash(t("Dukungan ditarik.", "Your support was taken back."), "success")
        else:
            vote(db.session, shown_wish_id)
            flash(t("Dukungan daerah Anda tercatat.", "Your municipality’s support is counted."), "success")
    except Conflict as error:
        flash(str(error.message), "warning")
    return redirect(url_for("wishing.overview"), 303)


def _answers() -> dict[str, str]:
    return {name: request.form.get(name, "") for name in FIELDS}


def _words() -> dict[str, object]:
    return {"states": STATES, "tones": TONES, "category_of": category_name, "categories": category_choices()}


def _overview(errors: Mapping[str, list[str]], values: Mapping[str, str]) -> str:
    page = min(max(request.args.get("page", 1, type=int), 1), 1_000)
    found = list_wishes(db.session, page=page)
    return render_template(
        "wishes/wishing.html",
        wishes=found[:PAGE],
        more=len(found) > PAGE,
        page=page,
        own_id=current_municipality().id,
        votes=own_votes(db.session),
        errors=errors,
        values=values,
        **_words(),
    )


def _own_page(own: Wish, errors: Mapping[str, list[str]], values: Mapping[str, str]) -> str:
    taken_up = is_taken_up(db.session, own)
    return render_template("wishes/own.html", own=own, taken_up=taken_up, errors=errors, values=values, **_words())
