"""`/<app>/<type>/<id>/join`: me too, and leaving again."""

from __future__ import annotations

from secrets import token_urlsafe
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask import session as browser
from werkzeug.wrappers import Response as AnyResponse

from app_runtime.joining.merging import kept_of
from app_runtime.joining.services import count_joined, find_join, has_joined, join_record, leave_record, may_be_joined
from app_runtime.pages.opening import ANYBODY, open_app
from app_runtime.records.models import Record
from app_runtime.records.permissions import may_read
from app_runtime.records.reading import access_record
from app_runtime.records.running_app import RunningApp, app_of_record
from lumbung.db import db
from lumbung.errors import Invalid, NotFound
from lumbung.i18n import t
from lumbung.limits import Limit, address_key, spend
from lumbung.messages.services import channel_available
from lumbung.web.access import PUBLIC, access, current_visitor

joining = Blueprint("joining", __name__, subdomain="portal", template_folder="templates")
JOINED_FROM_ADDRESS = Limit("joined-from-address", size=20, seconds=60 * 60)
"""Joined records from one address: many people share one on a mobile network."""
_DEVICE = "device"


def joining_card(app: RunningApp, record: Record, *, error: str = "", typed: str = "") -> str:
    """The part of a record's public page where one joins; empty where that cannot be."""
    if not may_be_joined(app.record_type(record.record_type)):
        return ""
    # What was merged is joined where it was merged into, from its own page too.
    followed = _followed(app, record)
    # A browser is told apart from the page on: a first tap that is sent twice is of one browser.
    who = _who(known_only=not record.open)
    return render_template(
        "joining/_card.html",
        record=record,
        slug=app.installation.slug,
        count=count_joined(app.session, [followed.id]).get(followed.id, 0),
        joined=bool(who) and has_joined(app.session, followed, who=who),
        can_mail=channel_available("email"),
        error=error,
        typed=typed,
    )


@joining.get("/<slug>/<record_type>/<uuid:record_id>/join")
@access(PUBLIC)
def see(slug: str, record_type: str, record_id: UUID) -> AnyResponse:
    """Whoever comes back to the address of the form is at the record."""
    _open(slug, record_type, record_id)
    return _back(slug, record_type, record_id)


@joining.post("/<slug>/<record_type>/<uuid:record_id>/join")
@access(PUBLIC)
def join(slug: str, record_type: str, record_id: UUID) -> AnyResponse | tuple[str, int]:
    """Me too: counted once for an account or a browser."""
    record, app = _open(slug, record_type, record_id)
    spend(JOINED_FROM_ADDRESS, address_key())
    email = request.form.get("email", "")[:320]
    try:
        fresh = join_record(db.session, app, _followed(app, record), who=_who(), email=email)
    except Invalid as error:
        card = joining_card(app, record, error=" ".join(error.fields.get("email", [])), typed=email)
        return render_template("joining/again.html", card=card, record=record, slug=slug), 422
    told = t("Terima kasih, Anda ikut tercatat.", "Thank you, you are counted in.")
    flash(told if fresh else t("Anda sudah ikut.", "You have joined already."), "success")
    return _back(slug, record_type, record_id)


@joining.post("/<slug>/<record_type>/<uuid:record_id>/leave")
@access(PUBLIC)
def leave(slug: str, record_type: str, record_id: UUID) -> AnyResponse:
    """Leave again, from the browser or account that joined."""
    record, app = _open(slug, record_type, record_id)
    leave_record(db.session, _followed(app, record), who=_who())
    flash(t("Anda tidak ikut lagi.", "You have left."), "success")
    return _back(slug, record_type, record_id)


@joining.get("/joined/<code>")
@access(PUBLIC)
def letter(code: str) -> Response:
    """From a letter: asks whether to leave."""
    spend(JOINED_FROM_ADDRESS, address_key())
    find_join(db.session, code)
    response = Response(render_template("joining/letter.html", code=code))
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@joining.post("/joined/<code>")
@access(PUBLIC)
def leave_by_letter(code: str) -> AnyResponse:
    """Leave by the code of a letter: the address is forgotten with it."""
    db.session.delete(find_join(db.session, code))
    flash(t("Alamat Anda sudah dihapus.", "Your address is deleted."), "success")
    return redirect("/", 303)


def _open(slug: str, record_type: str, record_id: UUID) -> tuple[Record, RunningApp]:
    open_app(db.session, slug)
    record, app = access_record(db.session, ANYBODY, record_id, app_slug=slug)
    if record.record_type != record_type or not may_be_joined(app.record_type(record_type)):
        raise NotFound
    return record, app


def _followed(app: RunningApp, record: Record) -> Record:
    """The record that this one was merged into, as far as everybody may read it; else itself."""
    kept = kept_of(app.session, app, record)
    if kept is record:
        return record
    return kept if may_read(app_of_record(app.session, kept).record_type(kept.record_type), ANYBODY, kept) else record


def _who(*, known_only: bool = False) -> str:
    visitor = current_visitor()
    if visitor.account_id is not None:
        return f"account:{visitor.account_id}"
    if _DEVICE not in browser and not known_only:
        browser[_DEVICE] = token_urlsafe(16)
    return f"device:{browser[_DEVICE]}" if _DEVICE in browser else ""


def _back(slug: str, record_type: str, record_id: UUID) -> AnyResponse:
    return redirect(url_for("pages.record", slug=slug, record_type=record_type, record_id=record_id), 303)
