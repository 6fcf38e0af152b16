"""Sign-up, sign-in, sign-out, and the links by mail. People sign in on the hub only (ADR 0012)."""

from __future__ import annotations

import time
from urllib.parse import urlencode

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lumbung.db import db
from lumbung.errors import Invalid
from lumbung.i18n import current_language, t
from lumbung.web.access import PUBLIC, SIGNED_IN, access, current_visitor
from lumbung.web.sites import BOTH_SITES, current_site, is_local_path
from tenants.accounts.browser_session import browser_token, forget_in_browser, remember_in_browser
from tenants.accounts.errors import NotConfirmed, WrongPassword
from tenants.accounts.limits import (
    spend_link,
    spend_password_check,
    spend_sign_in,
    spend_sign_up,
    spend_use_of_link,
)
from tenants.accounts.links import (
    confirm_address,
    get_account_of_link,
    mail_available,
    request_reset,
    reset_password,
    send_confirmation,
    sign_in,
    sign_up,
)
from tenants.accounts.models import Account
from tenants.accounts.services import find_account
from tenants.accounts.sessions import HUB, end_token, open_session, revoke_all_sessions

accounts = Blueprint("accounts", __name__, subdomain="hub", template_folder="templates")
leaving = Blueprint("leaving", __name__, subdomain=BOTH_SITES, template_folder="templates")

FORGOT_TAKES = 0.25
"""Seconds that asking for a new password takes, for known and unknown addresses alike."""

Page = str | Response | tuple[str, int]


def safe_next(default: str = "/") -> str:
    """Where the person wanted to go, when that is a path of this very site."""
    target = request.values.get("next")
    return target if target and is_local_path(target) else default


def user_agent() -> str:
    """What the browser says that it is."""
    return request.headers.get("User-Agent", "")


def begin_session(account: Account) -> None:
    """Sign this browser in on the hub; a session that it had before ends."""
    end_token(db.session, browser_token())
    remember_in_browser(open_session(db.session, account, HUB, user_agent()), language=account.language)


@accounts.get("/sign-in")
@access(PUBLIC)
def sign_in_form() -> Page:
    """The form; whoever is signed in goes on."""
    if current_visitor().signed_in:
        return redirect(safe_next(), code=303)
    return render_template("accounts/sign_in.html", next_path=safe_next(), email="", errors={})


@accounts.post("/sign-in")
@access(PUBLIC)
def sign_in_now() -> Page:
    """Sign in. The same answer whether the address, the password or neither is known."""
    email = request.form.get("email", "")
    spend_sign_in(email)
    try:
        account = sign_in(db.session, email, request.form.get("password", ""))
    except NotConfirmed:
        return _confirm_again(email)
    except Invalid as error:
        page = render_template(
            "accounts/sign_in.html", next_path=safe_next(), email=email, errors={"email": str(error.message)}
        )
        return page, 422
    begin_session(account)
    return redirect(safe_next(), code=303)


def _confirm_again(email: str) -> Response:
    spend_link(email)
    account = find_account(db.session, email)
    if account is not None:
        send_confirmation(db.session, account)
    return redirect(url_for("accounts.check_mail", why="confirm"), code=303)


@accounts.get("/sign-up")
@access(PUBLIC)
def sign_up_form() -> Page:
    """The form for a new account."""
    if current_visitor().signed_in:
        return redirect(safe_next(), code=303)
    return render_template("accounts/sign_up.html", form={}, errors={}, next_path=safe_next(), by_mail=mail_available())


@accounts.post("/sign-up")
@access(PUBLIC)
def sign_up_now() -> Page:
    """Make the account; what follows is the same whether the address was free or not."""
    form = request.form
    spend_sign_up(form.get("email", ""))
    try:
        sign_up(
            db.session,
            email=form.get("email", ""),
            name=form.get("name", ""),
            password=form.get("password", ""),
            language=current_language(),
        )
    except Invalid as error:
        page = render_template(
            "accounts/sign_up.html", form=form, errors=error.fields, next_path=safe_next(), by_mail=mail_available()
        )
        return page, 422
    if mail_available():
        return redirect(url_for("accounts.check_mail", why="confirm"), code=303)
    flash(
        t(
            "Bila alamat itu belum punya akun, akunnya kini aktif. Silakan masuk dengan kata sandi yang baru dibuat.",
            "If that address had no account yet, its account is active now. Sign in with the password you just made.",
        ),
        "success",
    )
    return redirect("/sign-in?" + urlencode({"next": safe_next()}), code=303)


@accounts.get("/check-mail")
@access(PUBLIC)
def check_mail() -> Page:
    """Says that a mail is on its way, if it is for somebody."""
    return render_template("accounts/check_mail.html", why=request.args.get("why", ""))


@accounts.get("/confirm/<token>")
@access(PUBLIC)
def confirm_form(token: str) -> Page:
    """Asks for the password of the sign-up; programs that open links in mails know none."""
    account = get_account_of_link(db.session, token, "confirm")
    return render_template("accounts/confirm.html", email=account.email, errors={})


@accounts.post("/confirm/<token>")
@access(PUBLIC)
def confirm_now(token: str) -> Page:
    """Confirm the address."""
    spend_use_of_link()
    account = get_account_of_link(db.session, token, "confirm")
    spend_password_check(account.id)
    try:
        confirm_address(db.session, token, request.form.get("password", ""))
    except WrongPassword:
        wrong = t(
            "Kata sandi ini bukan yang dibuat saat mendaftar. Lupa, atau bukan Anda yang mendaftar? Buat yang baru "
            "lewat Lupa kata sandi.",
            "This is not the password of the sign-up. Forgotten, or was it not you? Make a new one with Forgot "
            "password.",
        )
        return render_template("accounts/confirm.html", email=account.email, errors={"password": [wrong]}), 422
    flash(
        t("Alamat e-mail Anda sudah dikonfirmasi. Silakan masuk.", "Your address is confirmed. Please sign in."),
        "success",
    )
    return redirect("/sign-in", code=303)


@accounts.get("/forgot")
@access(PUBLIC)
def forgot_form() -> Page:
    """Asks for the address, or says whom to ask where no mail can be sent."""
    return render_template("accounts/forgot.html", by_mail=mail_available())


@accounts.post("/forgot")
@access(PUBLIC)
def forgot_now() -> Page:
    """Mail a link when the address has an account; the answer is the same when it has none."""
    spend_link(request.form.get("email", ""))
    if not mail_available():
        return redirect("/forgot", code=303)
    began = time.monotonic()
    request_reset(db.session, request.form.get("email", ""))
    # Writing a mail takes longer than writing none; whoever measures shall not learn whether there is an account.
    time.sleep(max(0.0, FORGOT_TAKES - (time.monotonic() - began)))
    return redirect(url_for("accounts.check_mail", why="reset"), code=303)


@accounts.get("/reset/<token>")
@access(PUBLIC)
def reset_form(token: str) -> Page:
    """The form for a new password; the link stays usable."""
    account = get_account_of_link(db.session, token, "reset")
    return render_template("accounts/reset.html", email=account.email, errors={}, first=account.password_hash is None)


@accounts.post("/reset/<token>")
@access(PUBLIC)
def reset_now(token: str) -> Page:
    """Set the new password and end every session."""
    spend_use_of_link()
    try:
        reset_password(db.session, token, request.form.get("password", ""))
    except Invalid as error:
        account = get_account_of_link(db.session, token, "reset")
        page = render_template(
            "accounts/reset.html", email=account.email, errors=error.fields, first=account.password_hash is None
        )
        return page, 422
    forget_in_browser()
    flash(
        t(
            "Kata sandi sudah disimpan dan semua perangkat dikeluarkan. Silakan masuk.",
            "The password is saved and every device is signed out. Please sign in.",
        ),
        "success",
    )
    return redirect("/sign-in", code=303)


@accounts.get("/sign-out")
@access(SIGNED_IN)
def sign_out_form() -> Page:
    """Asks from where to sign out; portals lead here."""
    return render_template("accounts/sign_out.html", next_path=safe_next())


@leaving.post("/sign-out")
@access(PUBLIC)
def sign_out_now() -> Page:
    """End this browser's session on this site; on the hub, the portals' sessions with it."""
    if request.form.get("everywhere") == "1" and (account_id := current_visitor().account_id):
        revoke_all_sessions(db.session, account_id)
    elif "account_session_id" in g:
        end_token(db.session, browser_token())
    forget_in_browser()
    if current_site().kind == "portal":
        return redirect("/signed-out", code=303)
    flash(t("Anda sudah keluar.", "You are signed out."), "success")
    return redirect(safe_next(), code=303)
