"""`/<app>/<calendar>/calendar…`: feeds, and the secret addresses of those that are not for everybody."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app_runtime.agendas.feeds import calendar_feed
from app_runtime.agendas.subscribing import access_subscription, revoke, subscribe
from app_runtime.pages.opening import open_page
from lumbung.db import db
from lumbung.errors import NotFound
from lumbung.i18n import speaking, t
from lumbung.web.access import ANONYMOUS, PUBLIC, SIGNED_IN, access, current_visitor
from lumbung.web.sites import current_site
from tenants.identity import visitor_of

agendas = Blueprint("agendas", __name__, subdomain="portal", template_folder="templates")


@agendas.get("/<slug>/<page_id>/calendar.ics")
@access(PUBLIC)
def feed(slug: str, page_id: str) -> Response:
    """The feed of a calendar that is for everybody."""
    opened = open_page(db.session, ANONYMOUS, slug, page_id, kind="calendar")
    response = _answer(calendar_feed(opened), "public, max-age=900")
    # Names are in the language of who asks: whoever keeps a copy for others has to tell them apart by it.
    response.vary.update(("Accept-Language", "Cookie"))
    return response


@agendas.get("/<slug>/<page_id>/calendar/<token>.ics")
@access(PUBLIC)
def own_feed(slug: str, page_id: str, token: str) -> Response:
    """The feed as the person of this secret address may see the calendar now: not there without a right to it."""
    account = access_subscription(db.session, slug, page_id, token)
    visitor = visitor_of(db.session, account, current_site())
    opened = open_page(db.session, visitor, slug, page_id, kind="calendar")
    with speaking(account.language):
        return _answer(calendar_feed(opened), "private, no-store")


@agendas.post("/<slug>/<page_id>/calendar")
@access(SIGNED_IN)
def change_subscription(slug: str, page_id: str) -> AnyResponse:
    """Make a secret address (in place of the one before), or take it away."""
    opened = open_page(db.session, current_visitor(), slug, page_id, kind="calendar")
    if "public" in opened.page.audience:
        raise NotFound
    if request.form.get("step") == "revoke":
        revoke(opened)
        flash(t("Alamat langganan sudah dicabut.", "The address was taken away."), "success")
    else:
        subscribe(opened)
        flash(t("Alamat langganan Anda sudah dibuat.", "Your address was made."), "success")
    return redirect(url_for("pages.page", slug=slug, page_id=page_id) + "#subscribe", 303)


def _answer(body: bytes, cache: str) -> Response:
    response = Response(body, content_type="text/calendar; charset=utf-8")
    response.headers["Cache-Control"] = cache
    response.headers["Content-Disposition"] = 'inline; filename="kalender.ics"'
    response.headers["X-Robots-Tag"] = "noindex"
    return response
