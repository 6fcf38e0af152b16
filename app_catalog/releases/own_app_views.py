"""`/publish/<publisher>/apps/<app>`: everything about one own app, and `/apps/<app>/<version>/yank`."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for

from app_catalog.deprecations.reading import list_deprecated
from app_catalog.publishers.blueprint import Page, own_account, publishing
from app_catalog.publishers.members import access_publisher, is_owner
from app_catalog.releases.changing import (
    access_app_to_yank,
    access_own_app,
    get_state,
    promote_release,
    yank_release,
)
from app_catalog.releases.models import App
from app_catalog.releases.states import ReleaseState, list_states
from app_catalog.spread.reading import count_runners
from lumbung.db import db
from lumbung.errors import Conflict, Invalid
from lumbung.i18n import t
from lumbung.web.access import SIGNED_IN, access, current_visitor

yanking = Blueprint("yanking", __name__, subdomain="hub", template_folder="templates")


@publishing.get("/<slug>/apps/<app_slug>")
@access(SIGNED_IN)
def own_app(slug: str, app_slug: str) -> Page:
    """An own app: its releases with what was found, what waits for whom, and what may be done."""
    return _own_app_page(slug, app_slug, {})


@publishing.post("/<slug>/apps/<app_slug>/<version>/promote")
@access(SIGNED_IN)
def promote(slug: str, app_slug: str, version: str) -> Page:
    """Offer a beta to everybody."""
    app = access_own_app(db.session, access_publisher(db.session, own_account(), slug), app_slug)
    try:
        promote_release(db.session, app, version, account_id=own_account())
    except Conflict as error:
        return _own_app_page(slug, app_slug, {"version": [str(error.message)]}), error.status
    flash(
        t("Versi {version} kini di kanal stabil.", "Version {version} is in the stable channel now.", version=version),
        "success",
    )
    return redirect(url_for("publishing.own_app", slug=slug, app_slug=app_slug), code=303)


@yanking.get("/apps/<slug>/<version>/yank")
@access(SIGNED_IN)
def yank_form(slug: str, version: str) -> Page:
    """What yanking means, and the reason for it."""
    app = access_app_to_yank(db.session, slug, current_visitor())
    return _yank_page(app, get_state(db.session, app, version), {}, "")


@yanking.post("/apps/<slug>/<version>/yank")
@access(SIGNED_IN)
def yank(slug: str, version: str) -> Page:
    """Yank the version."""
    app = access_app_to_yank(db.session, slug, current_visitor())
    reason = request.form.get("reason", "")
    try:
        yank_release(db.session, app, version, account_id=own_account(), reason=reason)
    except Invalid as error:
        return _yank_page(app, get_state(db.session, app, version), error.fields, reason), error.status
    except Conflict as error:
        return _yank_page(app, get_state(db.session, app, version), {"reason": [str(error.message)]}, reason), 409
    flash(
        t(
            "Versi {version} ditarik. Daerah yang memakainya diberi tahu.",
            "Version {version} was yanked. Municipalities that run it are told.",
            version=version,
        ),
        "success",
    )
    return redirect(url_for("catalog.release_page", slug=slug, version=version), code=303)


def _own_app_page(slug: str, app_slug: str, errors: Mapping[str, list[str]]) -> str:
    publisher = access_publisher(db.session, own_account(), slug)
    app = access_own_app(db.session, publisher, app_slug)
    return render_template(
        "releases/own_app.html",
        publisher=publisher,
        app=app,
        states=list_states(db.session, app.id),
        runners=count_runners(db.session, app.id),
        deprecated=list_deprecated(db.session, [app.id]),
        owner=is_owner(db.session, publisher, own_account()),
        errors=errors,
    )


def _yank_page(app: App, state: ReleaseState, errors: Mapping[str, list[str]], reason: str) -> str:
    return render_template("releases/yank.html", app=app, state=state, errors=errors, reason=reason)
