"""`/publish/<publisher>/apps/<app>/deprecate` and `…/<version>/deprecate`: when support ends, what comes instead."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import takewhile

from flask import flash, redirect, render_template, request, url_for

from app_catalog.deprecations.forms import read_announced
from app_catalog.deprecations.reading import today_in_jakarta
from app_catalog.deprecations.services import ANNOUNCING, NOTICE, deprecate, withdraw
from app_catalog.publishers.blueprint import Page, own_account, publishing
from app_catalog.publishers.members import access_publisher, is_owner
from app_catalog.releases.changing import access_own_app, get_state
from app_catalog.releases.models import App
from app_catalog.releases.states import list_states
from lumbung.db import db
from lumbung.errors import Conflict, Invalid
from lumbung.i18n import t
from lumbung.limits import spend
from lumbung.web.access import SIGNED_IN, access


@publishing.get("/<slug>/apps/<app_slug>/deprecate", defaults={"version": None})
@publishing.get("/<slug>/apps/<app_slug>/<version>/deprecate")
@access(SIGNED_IN)
def deprecate_form(slug: str, app_slug: str, version: str | None) -> Page:
    """What ending support means, and the form for it."""
    return _page(slug, _own_app(slug, app_slug), version, {})


@publishing.post("/<slug>/apps/<app_slug>/deprecate", defaults={"version": None})
@publishing.post("/<slug>/apps/<app_slug>/<version>/deprecate")
@access(SIGNED_IN)
def announce_deprecation(slug: str, app_slug: str, version: str | None) -> Page:
    """Say until when it is supported."""
    app = _own_app(slug, app_slug)
    spend(ANNOUNCING, str(app.publisher_id))
    try:
        deprecate(db.session, app, version, read_announced(request.form), account_id=own_account())
    except Invalid as error:
        return _page(slug, app, version, error.fields), error.status
    except Conflict as error:
        return _page(slug, app, version, {"reason": [str(error.message)]}), error.status
    flash(
        t(
            "Diumumkan. Daerah yang memakainya diberi tahu sekarang, dan sekali lagi 30 hari sebelum berakhir.",
            "Announced. Municipalities that run it are told now, and once more 30 days before the end.",
        ),
        "success",
    )
    return redirect(url_for("publishing.own_app", slug=slug, app_slug=app_slug), code=303)


@publishing.post("/<slug>/apps/<app_slug>/support", defaults={"version": None})
@publishing.post("/<slug>/apps/<app_slug>/<version>/support")
@access(SIGNED_IN)
def withdraw_deprecation(slug: str, app_slug: str, version: str | None) -> Page:
    """Support it as before."""
    withdraw(db.session, _own_app(slug, app_slug), version)
    flash(
        t("Pengumuman dicabut; daerah diberi tahu.", "The announcement was taken back; municipalities are told."),
        "success",
    )
    return redirect(url_for("publishing.own_app", slug=slug, app_slug=app_slug), code=303)


def _own_app(slug: str, app_slug: str) -> App:
    return access_own_app(db.session, access_publisher(db.session, own_account(), slug), app_slug)


def _page(slug: str, app: App, version: str | None, errors: Mapping[str, list[str]]) -> str:
    publisher = access_publisher(db.session, own_account(), slug)
    states = list_states(db.session, app.id)
    state = get_state(db.session, app, version) if version is not None else None
    newer = list(takewhile(lambda one: one.release.version != version, states)) if state else []
    successors = [(one.release.version, one.release.version) for one in newer if one.kind == "published"]
    beside = "successor_version" if successors else "successor_app"
    return render_template(
        "deprecations/announce.html",
        publisher=publisher,
        app=app,
        version=version,
        state=state,
        owner=is_owner(db.session, publisher, own_account()),
        successors=successors,
        first_day=today_in_jakarta() + NOTICE,
        values=request.form,
        errors={beside if name == "successor" else name: texts for name, texts in errors.items()},
    )
