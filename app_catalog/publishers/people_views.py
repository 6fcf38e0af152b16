"""`/publish/<slug>/people` and the links that invite."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for

from app_catalog.publishers.blueprint import Page, own_account, publishing
from app_catalog.publishers.forms import read_invitation
from app_catalog.publishers.invitations import (
    accept_invitation,
    get_invitation,
    invite,
    list_invitations,
    resend,
    withdraw_invitation,
)
from app_catalog.publishers.members import access_publisher, is_owner, list_people, remove_person
from app_catalog.publishers.models import Publisher, PublisherInvitation
from lumbung.codes import qr_svg
from lumbung.db import db
from lumbung.errors import Conflict, Invalid
from lumbung.i18n import t
from lumbung.limits import Limit, spend
from lumbung.messages import channel_available
from lumbung.web.access import SIGNED_IN, access, current_visitor
from lumbung.web.sites import url_on_hub

INVITATIONS = Limit("publisher-invitations", 30, 3600)
"""Letters that one publisher may have sent."""


@publishing.get("/<slug>/people")
@access(SIGNED_IN)
def people(slug: str) -> Page:
    """Who acts for the publisher."""
    return _people_page(access_publisher(db.session, own_account(), slug), {}, {})


@publishing.post("/<slug>/people")
@access(SIGNED_IN)
def invite_person(slug: str) -> Page:
    """Invite somebody; the link and its QR code are shown once."""
    publisher = access_publisher(db.session, own_account(), slug, owner=True)
    try:
        asked = read_invitation(request.form)
        spend(INVITATIONS, str(publisher.id))
        invitation, token = invite(db.session, publisher, **asked, inviter=current_visitor().name)
    except Invalid as error:
        return _people_page(publisher, request.form, error.fields), error.status
    return _invited_page(publisher, invitation, token)


@publishing.post("/<slug>/people/<uuid:member_id>/remove")
@access(SIGNED_IN)
def remove_member(slug: str, member_id: UUID) -> Page:
    """Take a person's role away."""
    publisher = access_publisher(db.session, own_account(), slug, owner=True)
    try:
        remove_person(db.session, publisher, member_id=member_id)
    except Conflict as error:
        return _people_page(publisher, {}, {"people": [str(error.message)]}), error.status
    flash(t("Orang itu tidak lagi mewakili penerbit ini.", "They no longer act for this publisher."), "success")
    return redirect(url_for("publishing.people", slug=slug), code=303)


@publishing.post("/<slug>/invitations/<uuid:invitation_id>/withdraw")
@access(SIGNED_IN)
def withdraw(slug: str, invitation_id: UUID) -> Page:
    """Take an invitation back."""
    publisher = access_publisher(db.session, own_account(), slug, owner=True)
    withdraw_invitation(db.session, publisher, invitation_id=invitation_id)
    flash(t("Undangan dicabut.", "The invitation was withdrawn."), "success")
    return redirect(url_for("publishing.people", slug=slug), code=303)


@publishing.post("/<slug>/invitations/<uuid:invitation_id>/resend")
@access(SIGNED_IN)
def send_again(slug: str, invitation_id: UUID) -> Page:
    """Send a new link; the former one opens nothing any more."""
    publisher = access_publisher(db.session, own_account(), slug, owner=True)
    spend(INVITATIONS, str(publisher.id))
    name = current_visitor().name
    invitation, token = resend(db.session, publisher, invitation_id=invitation_id, inviter=name)
    return _invited_page(publisher, invitation, token)


@publishing.get("/invitations/<token>")
@access(SIGNED_IN)
def invitation(token: str) -> Page:
    """Who invites, and to what."""
    invited, publisher = get_invitation(db.session, token)
    return render_template("publishers/invitation.html", invitation=invited, publisher=publisher, token=token)


@publishing.post("/invitations/<token>")
@access(SIGNED_IN)
def accept(token: str) -> Page:
    """Accept the invitation."""
    publisher = accept_invitation(db.session, token, account_id=own_account())
    flash(t("Anda kini mewakili {name}.", "You now act for {name}.", name=publisher.name), "success")
    return redirect(url_for("publishing.dashboard", slug=publisher.slug), code=303)


def _invited_page(publisher: Publisher, invitation: PublisherInvitation, token: str) -> str:
    link = url_on_hub("publishing.invitation", token=token)
    return render_template(
        "publishers/invited.html",
        publisher=publisher,
        invitation=invitation,
        mailed=channel_available("email"),
        link=link,
        qr=qr_svg(link),
    )


def _people_page(publisher: Publisher, values: Mapping[str, str], errors: Mapping[str, list[str]]) -> str:
    return render_template(
        "publishers/people.html",
        publisher=publisher,
        people=list_people(db.session, publisher),
        invitations=list_invitations(db.session, publisher),
        owner=is_owner(db.session, publisher, own_account()),
        values=values,
        errors=errors,
    )
