"""`/publish/<publisher>/requests`: maintainers work through what municipalities ask of their apps."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app_catalog.publishers.blueprint import own_account
from app_catalog.publishers.members import access_publisher, is_owner
from app_catalog.publishers.models import Publisher
from app_catalog.requests.deciding import access_asked, decide_request, fixing_versions, list_own_apps
from app_catalog.requests.reading import PAGE, count_states, get_request, list_standings
from app_catalog.requests.telling import tell_of_decision
from app_catalog.requests.wording import KINDS, STATES, STILL_WANTED, TONES
from lumbung.db import db
from lumbung.errors import Invalid
from lumbung.i18n import t
from lumbung.limits import Limit, spend
from lumbung.web.access import PUBLISHER, access, current_visitor

request_desk = Blueprint(
    "request_desk", __name__, url_prefix="/publish/<slug>/requests", subdomain="hub", template_folder="templates"
)
Page = str | Response | tuple[str, int]
DECIDING = Limit("request-deciding", 200, 3600)
WORDS = {"kinds": KINDS, "states": STATES, "tones": TONES, "still_wanted": STILL_WANTED}
FIELDS = ("state", "note", "fixed_version", "duplicate_of")


@request_desk.get("")
@access(PUBLISHER)
def overview(slug: str) -> Page:
    """The requests about one of the publisher's apps, those most wanted first."""
    publisher = access_publisher(db.session, own_account(), slug)
    apps = list_own_apps(db.session, publisher)
    chosen = next((app for app in apps if app.slug == request.args.get("app")), next(iter(apps), None))
    state = request.args.get("state", "open")
    page = min(max(request.args.get("page", 1, type=int), 1), 1_000)
    found = list_standings(db.session, chosen.id, state=state if state in STATES else "", page=page) if chosen else []
    return render_template(
        "requests/desk.html",
        publisher=publisher,
        owner=is_owner(db.session, publisher, own_account()),
        apps=apps,
        app=chosen,
        state=state,
        page=page,
        standings=found[:PAGE],
        more=len(found) > PAGE,
        counts=count_states(db.session, chosen.id) if chosen else {},
        **WORDS,
    )


@request_desk.get("/<uuid:request_id>")
@access(PUBLISHER)
def decision_form(slug: str, request_id: UUID) -> Page:
    """One request, and what is to become of it."""
    publisher = access_publisher(db.session, own_account(), slug)
    return _decision_page(publisher, request_id, {}, None)


@request_desk.post("/<uuid:request_id>")
@access(PUBLISHER)
def decide(slug: str, request_id: UUID) -> Page:
    """Say in public what becomes of it; those whom it concerns are told."""
    publisher = access_publisher(db.session, own_account(), slug)
    app, asked = access_asked(db.session, publisher, request_id)
    spend(DECIDING, str(own_account()))
    answers = {name: request.form.get(name, "") for name in FIELDS}
    try:
        decision = decide_request(
            db.session,
            current_visitor(),
            publisher,
            request_id,
            state=answers["state"],
            note=answers["note"],
            fixed_version=answers["fixed_version"],
            duplicate_of=answers["duplicate_of"],
        )
    except Invalid as error:
        return _decision_page(publisher, request_id, error.fields, answers), 422
    tell_of_decision(db.session, app, asked, decision)
    flash(t("Keputusan tampil, dan mereka diberi tahu.", "The decision is public, and they are told."), "success")
    return redirect(url_for("request_desk.overview", slug=slug, app=app.slug), 303)


def _decision_page(
    publisher: Publisher, request_id: UUID, errors: Mapping[str, list[str]], answers: Mapping[str, str] | None
) -> str:
    app, _ = access_asked(db.session, publisher, request_id)
    whole = get_request(db.session, app.id, request_id)
    decision = whole.standing.decision
    others = [one.request for one in list_standings(db.session, app.id)[:PAGE] if one.request.id != request_id]
    if whole.original and whole.original not in others:
        others.append(whole.original)
    return render_template(
        "requests/decide.html",
        publisher=publisher,
        owner=is_owner(db.session, publisher, own_account()),
        app=app,
        whole=whole,
        versions=[(version, version) for version in fixing_versions(db.session, app.id)],
        choices=[(str(one.id), f"{one.title} ({one.municipality_name})") for one in others],
        values=answers
        or {
            "state": whole.standing.state,
            "note": decision.note if decision else "",
            "fixed_version": (decision.fixed_version or "") if decision else "",
            "duplicate_of": str(decision.duplicate_of or "") if decision else "",
        },
        errors=errors,
        **WORDS,
    )
