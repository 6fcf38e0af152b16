"""The page of an invitation. It lives on the hub, where people sign in, and leads to the portal."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from lumbung.db import as_tenant, db
from lumbung.errors import Invalid, SignInNeeded
from lumbung.i18n import current_language
from lumbung.web.access import PUBLIC, SIGNED_IN, access, current_visitor
from tenants.accounts.limits import spend_use_of_link
from tenants.accounts.services import get_account
from tenants.accounts.views import begin_session
from tenants.people.acceptance import Offer, accept_invitation, get_offer, join_with_new_account
from tenants.people.errors import AccountExists
from tenants.people.role_catalogue import role_names

invitations = Blueprint("invitations", __name__, subdomain="hub", template_folder="templates")


@invitations.get("/invitation/<slug>/<token>")
@access(PUBLIC)
def show(slug: str, token: str) -> Response:
    """Who invites to what; accept as who is signed in, or with a new account."""
    offer = get_offer(db.session, slug, token)
    return _unstored(_page(offer, name=offer.name))


@invitations.post("/invitation/<slug>/<token>")
@access(SIGNED_IN)
def accept(slug: str, token: str) -> Response:
    """Accept as the person who is signed in, and cross to the portal."""
    account_id = current_visitor().account_id
    if account_id is None:
        raise SignInNeeded
    offer = get_offer(db.session, slug, token)
    accept_invitation(db.session, slug, token, get_account(db.session, account_id))
    return _to_portal(offer)


@invitations.post("/invitation/<slug>/<token>/account")
@access(PUBLIC)
def join(slug: str, token: str) -> Response | tuple[str, int]:
    """Make the account, accept with it, sign in and cross to the portal."""
    spend_use_of_link()
    offer = get_offer(db.session, slug, token)
    name = request.form.get("name", "")
    try:
        account = join_with_new_account(
            db.session,
            slug,
            token,
            name=name,
            password=request.form.get("password", ""),
            language=current_language(),
        )
    except Invalid as error:
        return _page(offer, name=name, errors=dict(error.fields)), 422
    except AccountExists:
        return redirect(request.path.removesuffix("/account"), code=303)
    begin_session(account)
    return _to_portal(offer)


def _page(offer: Offer, *, name: str, errors: dict[str, list[str]] | None = None) -> str:
    base = request.path.removesuffix("/account")
    with as_tenant(db.session, offer.municipality_id):
        roles = role_names(db.session, offer.roles)
    return render_template(
        "people/invitation.html",
        offer=offer,
        roles=roles,
        name=name,
        errors=errors or {},
        accept_path=base,
        sign_in_path="/sign-in?" + urlencode({"next": base}),
    )


def _to_portal(offer: Offer) -> Response:
    return redirect("/handover?" + urlencode({"to": offer.slug, "next": offer.leads_to}), code=303)


def _unstored(page: str) -> Response:
    # The address holds a secret; no cache keeps the page.
    answer = Response(page, mimetype="text/html")
    answer.headers["Cache-Control"] = "no-store"
    return answer
