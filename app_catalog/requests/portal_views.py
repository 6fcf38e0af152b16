"""`/manage/apps/<app>/requests`: what this municipality asks of an app, and what it supports."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app_catalog.evaluations.telling import tell_maintainers
from app_catalog.installations.definitions import definition_by_digest
from app_catalog.installations.models import Installation
from app_catalog.installations.names import shown_name
from app_catalog.installations.services import access_installation
from app_catalog.releases.models import App
from app_catalog.requests.reading import PAGE, get_request, list_standings
from app_catalog.requests.services import (
    access_own_request,
    is_taken_up,
    own_votes,
    rewrite_request,
    take_vote_back,
    vote,
    withdraw_request,
    write_request,
)
from app_catalog.requests.wording import KINDS, STATES, STILL_WANTED, TONES
from lumbung.db import db
from lumbung.errors import Conflict, Invalid
from lumbung.i18n import t
from lumbung.limits import Limit, spend
from lumbung.web.access import EVALUATOR, access, current_visitor
from lumbung.web.sending import make_once

asking = Blueprint(
    "asking", __name__, url_prefix="/manage/apps/<slug>/requests", subdomain="portal", template_folder="templates"
)
Page = str | Response | tuple[str, int]
WRITING = Limit("request-writing", 20, 3600)
VOTING = Limit("request-voting", 120, 3600)


@asking.get("")
@access(EVALUATOR)
def overview(slug: str) -> Page:
    """Everybody's requests about the app to support, and the form for an own one."""
    return _overview(slug, {}, {"kind": request.args.get("kind", "")})


@asking.post("")
@access(EVALUATOR)
def ask(slug: str) -> Page:
    """Publish a request."""
    installation = access_installation(db.session, slug)
    spend(WRITING, str(current_visitor().account_id))
    try:
        make_once(f"request:{installation.id}", lambda: _write(installation))
    except Invalid as error:
        return _overview(slug, error.fields, request.form), 422
    flash(
        t(
            "Permintaan tampil di katalog. Penerbitnya sudah diberi tahu.",
            "The request is public in the catalog. Its publisher has been told.",
        ),
        "success",
    )
    return redirect(url_for("asking.overview", slug=slug), 303)


def _write(installation: Installation) -> UUID:
    kind, title, words = _answers()
    written = write_request(db.session, current_visitor(), installation, kind=kind, title=title, words=words)
    app = db.session.get_one(App, installation.app_id)
    tell_maintainers(db.session, app, who=written.municipality_name, what="request")
    return written.id


@asking.get("/<uuid:request_id>")
@access(EVALUATOR)
def edit(slug: str, request_id: UUID) -> Page:
    """An own request, to correct or withdraw."""
    found = access_own_request(db.session, access_installation(db.session, slug), request_id)
    return _own_page(slug, request_id, {}, {"kind": found.kind, "title": found.title, "words": found.words})


@asking.post("/<uuid:request_id>")
@access(EVALUATOR)
def change(slug: str, request_id: UUID) -> Page:
    """Rewrite an own request, or take it back."""
    found = access_own_request(db.session, access_installation(db.session, slug), request_id)
    if request.form.get("step") == "withdraw":
        withdraw_request(db.session, found)
        flash(t("Permintaan ditarik.", "The request was withdrawn."), "success")
        return redirect(url_for("asking.overview", slug=slug), 303)
    spend(WRITING, str(current_visitor().account_id))
    try:
        kind, title, words = _answers()
        rewrite_request(db.session, found, kind=kind, title=title, words=words)
    except Invalid as error:
        return _own_page(slug, request_id, error.fields, request.form), 422
    flash(t("Permintaan diperbarui.", "The request was updated."), "success")
    return redirect(url_for("asking.overview", slug=slug), 303)


@asking.post("/<uuid:wanted_id>/vote")
@access(EVALUATOR)
def support(slug: str, wanted_id: UUID) -> Page:
    """Support a request in the municipality's name, or no longer."""
    installation = access_installation(db.session, slug)
    spend(VOTING, str(current_visitor().account_id))
    try:
        if request.form.get("step") == "take-back":
            take_vote_back(db.session, installation, wanted_id)
            flash(t("Dukungan ditarik.", "Your support was taken back."), "success")
        else:
            vote(db.session, installation, wanted_id)
            flash(t("Dukungan daerah Anda tercatat.", "Your municipality’s support is counted."), "success")
    except Conflict as error:
        flash(str(error.message), "warning")
    return redirect(url_for("asking.overview", slug=slug), 303)


def _answers() -> tuple[str, str, str]:
    return request.form.get("kind", ""), request.form.get("title", ""), request.form.get("words", "")


def _overview(slug: str, errors: Mapping[str, list[str]], values: Mapping[str, str]) -> str:
    installation = access_installation(db.session, slug)
    number = request.args.get("page", 1, type=int)
    page = min(max(number, 1), 1_000)
    found = list_standings(db.session, installation.app_id, page=page)
    return render_template(
        "requests/asking.html",
        installation=installation,
        app=db.session.get_one(App, installation.app_id),
        name=_name(slug),
        standings=found[:PAGE],
        more=len(found) > PAGE,
        page=page,
        votes=own_votes(db.session, installation.app_id),
        values=values,
        errors=errors,
        **_words(),
    )


def _own_page(slug: str, request_id: UUID, errors: Mapping[str, list[str]], values: Mapping[str, str]) -> str:
    installation = access_installation(db.session, slug)
    whole = get_request(db.session, installation.app_id, request_id)
    return render_template(
        "requests/own.html",
        installation=installation,
        app=db.session.get_one(App, installation.app_id),
        name=_name(slug),
        whole=whole,
        taken_up=is_taken_up(db.session, whole.standing.request),
        values=values,
        errors=errors,
        **_words(),
    )


def _words() -> dict[str, object]:
    return {"kinds": KINDS, "states": STATES, "tones": TONES, "still_wanted": STILL_WANTED}


def _name(slug: str) -> str:
    installation = access_installation(db.session, slug)
    return shown_name(installation, definition_by_digest(db.session, installation.definition_digest))
