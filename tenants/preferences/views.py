"""`/notifications` on a portal: how I want to be told. `/manage/notifications`: the municipality's quiet hours."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lumbung.db import db
from lumbung.errors import Invalid, SignInNeeded
from lumbung.i18n import t
from lumbung.limits import Limit, address_key, spend
from lumbung.messages import channel_available
from lumbung.push import Subscription, public_key
from lumbung.web.access import ADMIN, PUBLIC, SIGNED_IN, access, current_visitor
from tenants.accounts.browser_session import own_session_id
from tenants.preferences.choices import list_choices, may_choose, save_choices
from tenants.preferences.devices import keep_device, list_push_devices, remove_device
from tenants.preferences.forms import read_hours, read_wanted
from tenants.preferences.hours import municipal_hours, own_hours, save_municipal_hours, save_own_hours
from tenants.preferences.stopping import read_topics, set_topics

preferences = Blueprint(
    "preferences", __name__, url_prefix="/notifications", subdomain="portal", template_folder="templates"
)
stopping = Blueprint(
    "stopping", __name__, url_prefix="/notifications/stop", subdomain="portal", template_folder="templates"
)
quiet_hours = Blueprint(
    "quiet_hours", __name__, url_prefix="/manage/notifications", subdomain="portal", template_folder="templates"
)
Page = str | AnyResponse | tuple[str, int]
KEEP_DEVICE = Limit("keep-push-device", size=30, seconds=60 * 60)
STOP = Limit("stop-messages", size=60, seconds=60 * 60)


def read_subscription(form: Mapping[str, str]) -> Subscription:
    """What our script sends about its browser."""
    return Subscription(*(form.get(name, "") for name in ("endpoint", "p256dh", "auth")))


@preferences.get("")
@access(SIGNED_IN)
def index() -> Page:
    """What I am told, by what, when not, and on which devices."""
    return _page()


@preferences.post("/choices")
@access(SIGNED_IN)
def choose() -> Page:
    """Keep what I want to be told."""
    wanted = read_wanted(request.form.getlist("wanted"))
    save_choices(db.session, _me(), wanted, member=_is_member())
    flash(t("Pilihan Anda tersimpan.", "Your choice is saved."), "success")
    return redirect(url_for("preferences.index"), 303)


@preferences.post("/hours")
@access(SIGNED_IN)
def save_mine() -> Page:
    """Keep my own quiet hours, or follow the municipality's again."""
    own = request.form.get("whose") == "own"
    try:
        save_own_hours(db.session, _me(), read_hours(request.form) if own else None)
    except Invalid as error:
        return _page(error.fields, request.form), 422
    flash(t("Jam tenang Anda tersimpan.", "Your quiet hours are saved."), "success")
    return redirect(url_for("preferences.index"), 303)


@preferences.post("/devices")
@access(SIGNED_IN)
def add_device() -> Page:
    """Notify this browser from now on; asked for by our script once the person has allowed it."""
    spend(KEEP_DEVICE, address_key())
    agent = request.user_agent.string
    sent = read_subscription(request.form)
    keep_device(db.session, sent, account_id=_me(), user_agent=agent, session_id=own_session_id())
    flash(t("Perangkat ini akan diberi tahu.", "This device will be notified."), "success")
    return redirect(url_for("preferences.index") + "#devices", 303)


@preferences.post("/devices/<uuid:device_id>/remove")
@access(SIGNED_IN)
def drop(device_id: UUID) -> Page:
    """Stop notifying one of my devices."""
    remove_device(db.session, _me(), device_id)
    flash(t("Perangkat itu tidak diberi tahu lagi.", "That device is no longer notified."), "success")
    return redirect(url_for("preferences.index") + "#devices", 303)


@preferences.get("/worker.js")
@access(PUBLIC)
def worker() -> Response:
    """The script that shows a notification when no page is open."""
    response = Response(render_template("preferences/worker.js"), mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@stopping.get("/<token>")
@access(PUBLIC)
def ask(token: str) -> Page:
    """Ask before stopping: programs that only look at links must change nothing."""
    topics = read_topics(db.session, token)
    return render_template("preferences/stop.html", token=token, topics=topics, stopped=None, names=[])


@stopping.post("/<token>")
@access(PUBLIC)
def stop(token: str) -> Page:
    """Stop these e-mails, or turn them on again; mail programs come here with one click, without a cookie."""
    spend(STOP, address_key())
    wanted = request.form.get("again") == "1"
    names = set_topics(db.session, read_topics(db.session, token), wanted=wanted)
    return render_template("preferences/stop.html", token=token, stopped=not wanted, names=names)


@quiet_hours.get("")
@access(ADMIN)
def municipal() -> Page:
    """The municipality's quiet hours."""
    return render_template("preferences/hours.html", hours=municipal_hours(db.session), errors={})


@quiet_hours.post("")
@access(ADMIN)
def save_municipal() -> Page:
    """Set the municipality's quiet hours."""
    try:
        save_municipal_hours(db.session, read_hours(request.form))
    except Invalid as error:
        return render_template("preferences/hours.html", hours=_typed(request.form), errors=error.fields), 422
    flash(
        t(
            "Jam tenang tersimpan; berlaku untuk pesan berikutnya.",
            "Quiet hours are saved; they hold for the next messages.",
        ),
        "success",
    )
    return redirect(url_for("quiet_hours.municipal"), 303)


def _me() -> UUID:
    account_id = current_visitor().account_id
    if account_id is None:
        raise SignInNeeded
    return account_id


def _is_member() -> bool:
    return current_visitor().membership_id is not None


def _page(errors: Mapping[str, list[str]] | None = None, typed: Mapping[str, str] | None = None) -> str:
    own, municipal_ones = own_hours(db.session, _me()), municipal_hours(db.session)
    return render_template(
        "preferences/index.html",
        choices=list_choices(db.session, _me(), member=_is_member()),
        may_choose=may_choose,
        member=_is_member(),
        own=typed is not None or own is not None,
        hours=_typed(typed) if typed is not None else own or municipal_ones,
        municipal=municipal_ones,
        devices=list_push_devices(db.session, _me()),
        push_key=public_key(),
        mail=channel_available("email"),
        errors=errors or {},
    )


def _typed(form: Mapping[str, str]) -> dict[str, object]:
    return {
        "on": form.get("on") == "1",
        "begins": form.get("begins", ""),
        "ends": form.get("ends", ""),
        "working_days": form.get("working_days") == "1",
    }
