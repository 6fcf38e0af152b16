"""`/track`: following a record by its code."""

from __future__ import annotations

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app_runtime.notifications.following import follow_record, list_followers, unfollow_record
from app_runtime.pages.opening import app_name
from app_runtime.pages.page_views import private_answer
from app_runtime.satisfaction.asking import Tried, try_answer
from app_runtime.tracking.services import (
    ASKED_FROM_ADDRESS,
    Attempt,
    Tracked,
    WrongCode,
    asked_of_action,
    attempt_action,
    open_tracked,
    show_tracked,
)
from lumbung.codes import normalise
from lumbung.db import db
from lumbung.i18n import t
from lumbung.limits import address_key, spend
from lumbung.push import public_key
from lumbung.web.access import PUBLIC, access, current_visitor
from tenants.accounts.browser_session import own_session_id
from tenants.preferences.views import KEEP_DEVICE, read_subscription

tracking = Blueprint("tracking", __name__, subdomain="portal", url_prefix="/track", template_folder="templates")


@tracking.get("")
@access(PUBLIC)
def ask() -> Response:
    """Ask for the code."""
    return private_answer(Response(render_template("tracking/ask.html", code="", error=None)))


@tracking.post("")
@access(PUBLIC)
def look_up() -> AnyResponse:
    """Lead to the record of a code."""
    code = request.form.get("code", "")[:200]
    try:
        tracked = open_tracked(db.session, current_visitor(), code)
    except WrongCode as error:
        return _wrong(code, error)
    return redirect(url_for("tracking.show", code=tracked.code), 303)


@tracking.get("/<code>")
@access(PUBLIC)
def show(code: str) -> Response:
    """State, answer, deadlines and history of a record, and what its reporter may do."""
    try:
        tracked = open_tracked(db.session, current_visitor(), code)
    except WrongCode as error:
        return _wrong(code, error)
    return _page(tracked)


@tracking.post("/<code>/<action_id>")
@access(PUBLIC)
def act(code: str, action_id: str) -> AnyResponse:
    """Take an action as the reporter."""
    try:
        tracked = open_tracked(db.session, current_visitor(), code)
    except WrongCode as error:
        return _wrong(code, error)
    attempt = attempt_action(db.session, tracked, action_id, request.form, request.files)
    if not attempt.done:
        # What failed was rolled back: look at the record as it is now.
        return _page(open_tracked(db.session, current_visitor(), code), attempt)
    flash(t("Terkirim. Petugas sudah dapat melihatnya.", "Sent. Officials can see it now."), "success")
    return redirect(url_for("tracking.show", code=tracked.code), 303)


@tracking.post("/<code>/<action_id>/asked")
@access(PUBLIC)
def asked(code: str, action_id: str) -> Response:
    """What the form of an action asks by the answers so far, for the page's script; nothing of it is kept."""
    tracked = open_tracked(db.session, current_visitor(), code, limit=ASKED_FROM_ADDRESS)
    return private_answer(jsonify(asked_of_action(tracked, action_id, request.form)))


@tracking.post("/<code>/devices/follow")
@access(PUBLIC)
def follow(code: str) -> AnyResponse:
    """Notify this browser of what happens to my record."""
    try:
        tracked = open_tracked(db.session, current_visitor(), code)
    except WrongCode as error:
        return _wrong(code, error)
    spend(KEEP_DEVICE, address_key())
    follow_record(
        db.session,
        tracked.record,
        read_subscription(request.form),
        account_id=current_visitor().account_id,
        user_agent=request.user_agent.string,
        session_id=own_session_id(),
    )
    flash(t("Perangkat ini akan diberi tahu.", "This device will be notified."), "success")
    return redirect(url_for("tracking.show", code=tracked.code), 303)


@tracking.post("/<code>/devices/unfollow")
@access(PUBLIC)
def unfollow(code: str) -> AnyResponse:
    """Notify no device of my record any more."""
    try:
        tracked = open_tracked(db.session, current_visitor(), code)
    except WrongCode as error:
        return _wrong(code, error)
    unfollow_record(db.session, tracked.record)
    flash(t("Tidak ada perangkat yang diberi tahu lagi.", "No device is notified any more."), "success")
    return redirect(url_for("tracking.show", code=tracked.code), 303)


@tracking.post("/<code>/asked/satisfaction")
@access(PUBLIC)
def rate(code: str) -> AnyResponse:
    """Say how satisfied I am with how my record was closed, or change it."""
    try:
        tracked = open_tracked(db.session, current_visitor(), code)
    except WrongCode as error:
        return _wrong(code, error)
    tried = try_answer(db.session, tracked.record, tracked.actor, request.form)
    if tried is not None:
        return _page(open_tracked(db.session, current_visitor(), code), rating=tried)
    flash(t("Terima kasih atas penilaian Anda.", "Thank you for your rating."), "success")
    return redirect(url_for("tracking.show", code=tracked.code), 303)


def _page(tracked: Tracked, attempt: Attempt | None = None, rating: Tried | None = None) -> Response:
    failed = attempt or rating
    shown = render_template(
        "tracking/show.html",
        page=show_tracked(db.session, tracked, attempt, rating),
        tracked=tracked,
        name=app_name(tracked.app),
        push_key=public_key(),
        followers=list_followers(db.session, tracked.record),
        attempt=attempt,
        refusal=failed.refusal if failed else None,
        kept=list(attempt.typed.texts.items()) if attempt else [("words", rating.words)] if rating else [],
    )
    return private_answer(Response(shown, failed.status if failed else 200))


def _wrong(code: str, error: WrongCode) -> Response:
    shown = render_template("tracking/ask.html", code=normalise(code) or code[:80], error=str(error.message))
    return private_answer(Response(shown, error.status))
