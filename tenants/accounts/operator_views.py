"""The operator's page of accounts."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from lumbung.codes import qr_svg
from lumbung.db import db
from lumbung.errors import Conflict, SignInNeeded
from lumbung.i18n import Text, t
from lumbung.web.access import OPERATOR, access, current_visitor
from tenants.accounts.links import BY_HAND, make_reset_link
from tenants.accounts.services import get_account
from tenants.accounts.supervision import MOST, disable_account, enable_account, search_accounts

operator_accounts = Blueprint(
    "operator_accounts", __name__, subdomain="hub", template_folder="templates", url_prefix="/operator/accounts"
)


@operator_accounts.get("")
@access(OPERATOR)
def index() -> str:
    """Find an account."""
    words = request.args.get("q", "")
    return render_template(
        "accounts/operator_accounts.html", accounts=search_accounts(db.session, words), words=words, most=MOST
    )


@operator_accounts.post("/<uuid:account_id>/reset-link")
@access(OPERATOR)
def make_link(account_id: UUID) -> Response:
    """Make a link that sets a new password, shown this once."""
    account = get_account(db.session, account_id)
    if account.disabled_at is not None:
        raise Conflict(Text("Akun ini ditutup; buka dahulu.", "This account is disabled; enable it first."))
    link = make_reset_link(db.session, account)
    page = render_template(
        "accounts/operator_link.html",
        account=account,
        link=link,
        qr=qr_svg(link, title=t("Tautan kata sandi", "Password link")),
        hours=int(BY_HAND.total_seconds() // 3600),
    )
    answer = Response(page, mimetype="text/html")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@operator_accounts.post("/<uuid:account_id>/disable")
@access(OPERATOR)
def disable(account_id: UUID) -> Response:
    """Shut the account."""
    actor_id = current_visitor().account_id
    if actor_id is None:
        raise SignInNeeded
    account = disable_account(db.session, actor_id, account_id)
    flash(t("Akun {email} ditutup.", "The account {email} is disabled.", email=account.email), "success")
    return redirect("/operator/accounts", code=303)


@operator_accounts.post("/<uuid:account_id>/enable")
@access(OPERATOR)
def enable(account_id: UUID) -> Response:
    """Open the account again."""
    account = enable_account(db.session, account_id)
    flash(t("Akun {email} dibuka lagi.", "The account {email} is enabled again.", email=account.email), "success")
    return redirect("/operator/accounts", code=303)
