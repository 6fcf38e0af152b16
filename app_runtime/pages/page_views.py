"""`/<app>/<page>`: the pages of an app by their kind."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response, flash, json, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app_catalog.definitions.schemas.niks import find_digits
from app_runtime.agendas.showing import browse_calendar
from app_runtime.boards.showing import browse_board
from app_runtime.dashboards.keeping import recent_dashboard
from app_runtime.pages.blueprint import Answer, pages
from app_runtime.pages.browsing import browse_map, browse_site, map_geojson
from app_runtime.pages.done import after_official, find_done, remember_made
from app_runtime.pages.filters import Query
from app_runtime.pages.form_showing import show_form
from app_runtime.pages.lists import browse_list
from app_runtime.pages.opening import OpenPage, app_name, open_page
from app_runtime.pages.reckoned import reckoned
from app_runtime.pages.resuming import open_form
from app_runtime.pages.sending import form_fields
from app_runtime.pages.stepping import SAVE, asked_of, take_step
from app_runtime.pages.submission_keys import GO, new_key
from app_runtime.pages.submitting import send_form
from app_runtime.photos.urls import photo_items
from app_runtime.records.form_rows import MORE
from lumbung.db import db
from lumbung.i18n import current_language, t
from lumbung.push import public_key
from lumbung.web.access import PUBLIC, access, current_visitor

BROWSED: dict[str, tuple[str, Callable[[OpenPage, Query], Any]]] = {
    "list": ("pages/list.html", browse_list),
    "map": ("pages/map.html", browse_map),
    "site": ("pages/site.html", browse_site),
    "board": ("boards/board.html", browse_board),
    "dashboard": ("dashboards/dashboard.html", recent_dashboard),
    "calendar": ("agendas/calendar.html", browse_calendar),
}


@pages.get("/<slug>/<page_id>")
@access(PUBLIC)
def page(slug: str, page_id: str) -> Answer | AnyResponse:
    """A form, list, map or tracking page, as the definition says."""
    opened = open_page(db.session, current_visitor(), slug, page_id)
    kind = opened.page.kind
    if kind == "form" and "new" in request.args:
        # The address without the word is the one that a browser goes back to.
        new_key(opened)
        return redirect(url_for("pages.page", slug=slug, page_id=page_id))
    if kind == "form":
        return show_form(opened, open_form(opened))
    if find_digits(request.args.get("q", "")) is not None:
        # They are in the address already; at least no link of the page carries them on.
        return redirect(url_for("pages.page", slug=slug, page_id=page_id))
    if kind == "track":
        return redirect(url_for("tracking.ask"))
    template, browse = BROWSED[kind]
    found = browse(opened, request.args)
    return render_template(template, opened=opened, name=app_name(opened.app), found=found, photo_items=photo_items)


@pages.post("/<slug>/<page_id>")
@access(PUBLIC)
def send(slug: str, page_id: str) -> Answer | AnyResponse:
    """Send a form, or go on to another step of it; in the end citizens get a tracking code, officials the record."""
    opened = open_page(db.session, current_visitor(), slug, page_id, kind="form")
    if GO in request.form or (MORE in request.form and opened.page.in_pages):
        step = take_step(opened, request.form, request.files)
        if request.form.get(GO) != SAVE or step.status != 200:
            return show_form(opened, step)
        _tell_saved(over=step.over)
        return redirect(url_for("pages.page", slug=slug, page_id=page_id), 303)
    sending = send_form(opened, request.form, request.files)
    if sending.record_id is None:
        return show_form(opened, sending)
    if opened.for_officials:
        return redirect(after_official(db.session, opened, sending.record_id), 303)
    remember_made(sending.record_id)
    return redirect(url_for("pages.done", slug=slug, page_id=page_id, record_id=sending.record_id), 303)


def _tell_saved(*, over: bool) -> None:
    if over:
        said = t(
            "Formulir ini sudah dikirim, jadi tidak ada draf yang disimpan.",
            "This form was sent already, so that no draft is kept.",
        )
        flash(said, "warning")
    else:
        flash(t("Draf disimpan. Lanjutkan kapan saja.", "The draft is kept. Go on at any time."), "success")


@pages.post("/<slug>/<page_id>/asked")
@access(PUBLIC)
def asked(slug: str, page_id: str) -> Response:
    """What a form asks by the answers so far, for the page's script; nothing of it is kept."""
    opened = open_page(db.session, current_visitor(), slug, page_id, kind="form")
    found = asked_of(opened, request.form)
    sums = {name: text for name, (_, text) in reckoned(opened, form_fields(opened), found).items()}
    response = jsonify(hidden=sorted(found.hidden), needed=sorted(found.needed), sums=sums)
    response.headers["Cache-Control"] = "no-store"
    return response


@pages.get("/<slug>/<page_id>/done/<uuid:record_id>")
@access(PUBLIC)
def done(slug: str, page_id: str, record_id: UUID) -> AnyResponse | Response:
    """Number, tracking code, and what comes next; only in the browser that sent the form."""
    opened = open_page(db.session, current_visitor(), slug, page_id, kind="form")
    if opened.for_officials:
        return redirect(url_for("work.find", record_id=record_id))
    found = find_done(db.session, opened, record_id)
    if found is None:
        return redirect(url_for("tracking.ask"))
    shown = render_template(
        "pages/done.html", opened=opened, name=app_name(opened.app), done=found, push_key=public_key()
    )
    return private_answer(Response(shown))


@pages.get("/<slug>/<page_id>/points.geojson")
@access(PUBLIC)
def points(slug: str, page_id: str) -> Response:
    """The points of a map page as GeoJSON (RFC 7946), kept by the browser for a minute."""
    opened = open_page(db.session, current_visitor(), slug, page_id, kind="map")
    body = json.dumps(map_geojson(opened, request.args), ensure_ascii=False, separators=(",", ":"))
    response = Response(body, mimetype="application/geo+json")
    response.headers["Cache-Control"] = "private, max-age=60"
    response.headers["Content-Language"] = current_language()
    response.set_etag(hashlib.sha256(body.encode()).hexdigest()[:32])
    response.make_conditional(request)
    return response


def private_answer(response: Response) -> Response:
    """A page that shows a tracking code: kept by nobody, and its address told to nobody."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
