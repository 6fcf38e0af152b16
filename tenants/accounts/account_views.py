"""The account's own page: name, language, password, signed-in devices."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, session
from werkzeug.wrappers import Response

from lumbung.db import db
from lumbung.errors import Invalid, SignInNeeded
from lumbung.i18n import t, use_language
from lumbung.web.access import SIGNED_IN, access, current_visitor
from tenants.accounts.devices import list_devices
from tenants.accounts.limits import spend_password_check
from tenants.accounts.models import Account
from tenants.accounts.services import change_password, change_profile, get_account, list_memberships
from tenants.accounts.sessions import revoke_all_sessions, revoke_session

account_pages = Blueprint("account", __name__, subdomain="hub", template_folder="templates", url_prefix="/account")


def _mine() -> Account:
    account_id = current_visitor().account_id
    if account_id is None:
        raise SignInNeeded
    return get_account(db.session, account_id)


def _page(
    errors: Mapping[str, list[str]] | None = None, typed: Mapping[str, str] | None = None, *, part: str = ""
) -> str:
    account = _mine()
    return render_template(
        "accounts/account.html",
        account=account,
        name=typed.get("name", "") if typed and part == "profile" else account.name,
        devices=list_devices(db.session, account.id, g.account_session_id),
        places=list_memberships(db.session, account.id),
        errors=errors or {},
        part=part,
    )


@account_pages.get("")
@access(SIGNED_IN)
def show() -> str:
    """The page."""
    return _page()


@account_pages.post("/profile")
@access(SIGNED_IN)
def save_profile() -> Response | tuple[str, int]:
    """Save name and language."""
    account = _mine()
    try:
        change_profile(
            db.session, account, name=request.form.get("name", ""), language=request.form.get("language", "")
        )
    except Invalid as error:
        return _page(error.fields, request.form, part="profile"), 422
    session["language"] = use_language(account.language)
    flash(t("Profil Anda sudah disimpan.", "Your profile is saved."), "success")
    return redirect("/account", code=303)


@account_pages.post("/password")
@access(SIGNED_IN)
def save_password() -> Response | tuple[str, int]:
    """Change the password and sign every other device out."""
    account = _mine()
    spend_password_check(account.id)
    try:
        change_password(
            db.session,
            account,
            current=request.form.get("current", ""),
            password=request.form.get("password", ""),
        )
    except Invalid as error:
        return _page(error.fields, part="password"), 422
    revoke_all_sessions(db.session, account.id, keep=g.account_session_id)
    flash(
        t(
            "Kata sandi sudah diganti. Perangkat lain dikeluarkan.",
            "The password is changed. Other devices are signed out.",
        ),
        "success",
    )
    return redirect("/account", code=303)


@account_pages.post("/sessions/<uuid:session_id>/end")
@access(SIGNED_IN)
def end_one(session_id: UUID) -> Response:
    """Sign one device out, with the portals that it went to."""
    revoke_session(db.session, _mine().id, session_id)
    flash(t("Perangkat itu sudah dikeluarkan.", "That device is signed out."), "success")
    return redirect("/account#devices", code=303)


@account_pages.post("/sessions/end-others")
@access(SIGNED_IN)
def end_others() -> Response:
    """Sign every device out but this one."""
    revoke_all_sessions(db.session, _mine().id, keep=g.account_session_id)
    flash(t("Semua perangkat lain sudah dikeluarkan.", "Every other device is signed out."), "success")
    return redirect("/account#devices", code=303)
