"""Crossing from the hub to a portal, and what a portal itself has of sign-in and sign-out."""

from __future__ import annotations

import re
from urllib.parse import quote, urlencode

from flask import Blueprint, g, redirect, render_template, request, session
from werkzeug.wrappers import Response

from lumbung.db import db
from lumbung.errors import NotFound
from lumbung.web.access import PUBLIC, SIGNED_IN, access, current_visitor
from lumbung.web.sites import current_municipality, hub_origin, portal_origin
from tenants.accounts.browser_session import browser_token, remember_in_browser
from tenants.accounts.errors import HandoverGone
from tenants.accounts.handover import make_handover, require_portal, use_handover
from tenants.accounts.limits import spend_use_of_link
from tenants.accounts.sessions import end_token
from tenants.accounts.tokens import digest_of, new_secret
from tenants.accounts.views import safe_next, user_agent

crossing = Blueprint("crossing", __name__, subdomain="hub", template_folder="templates")
arrival = Blueprint("arrival", __name__, subdomain="portal", template_folder="templates")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_SECRET = "crossing"  # noqa: S105 - the name of the entry, not a secret.


@crossing.get("/handover")
@access(SIGNED_IN)
def cross() -> Response:
    """To a municipality's portal, signed in there for as long as here."""
    slug, account_id = request.args.get("to", ""), current_visitor().account_id
    if account_id is None:
        raise NotFound
    browser = request.args.get("for", "")
    if not _DIGEST.fullmatch(browser):
        # Started here: the portal first gives this browser a secret, and leads back.
        require_portal(db.session, slug)
        asked = urlencode({"next": safe_next(), "anew": "1"})
        return redirect(f"{portal_origin(slug)}/sign-in?{asked}", code=303)
    token = make_handover(db.session, account_id, g.account_session_id, slug, browser)
    answer = redirect(f"{portal_origin(slug)}/handover/{token}?{urlencode({'next': safe_next()})}", code=303)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@arrival.get("/handover/<token>")
@access(PUBLIC)
def arrive(token: str) -> Response:
    """Use the hand-over up, begin a session of this portal, and go on to a page of it."""
    spend_use_of_link()
    secret = session.get(_SECRET)
    if not isinstance(secret, str):
        if current_visitor().signed_in:
            # Another tab of this browser was faster.
            return redirect(safe_next(), code=303)
        raise HandoverGone
    crossed = use_handover(db.session, token, current_municipality().slug, digest_of(secret), user_agent())
    end_token(db.session, browser_token())
    remember_in_browser(crossed.token, language=crossed.account.language)
    answer = redirect(safe_next(), code=303)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@arrival.get("/sign-in")
@access(PUBLIC)
def go_to_hub() -> Response:
    """To the hub, where people sign in, and back here afterwards; `anew` replaces the session that is there."""
    if current_visitor().signed_in and request.args.get("anew") != "1":
        return redirect(safe_next(), code=303)
    secret = session.setdefault(_SECRET, new_secret())
    there = {"to": current_municipality().slug, "next": safe_next(), "for": digest_of(str(secret))}
    back = "/handover?" + urlencode(there)
    return redirect(f"{hub_origin()}/sign-in?next={quote(back, safe='')}", code=303)


@arrival.get("/account")
@access(PUBLIC)
def account_on_hub() -> Response:
    """The account has one page, on the hub."""
    return redirect(f"{hub_origin()}/account", code=303)


@arrival.get("/signed-out")
@access(PUBLIC)
def signed_out() -> str:
    """Says that this portal is left and that the hub is not."""
    return render_template("accounts/signed_out.html")
