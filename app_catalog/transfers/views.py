"""`/publish/<publisher>/apps/<app>/transfer`: offering an app; `/publish/<publisher>/transfers/<id>`: the answer."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for

from app_catalog.publishers.blueprint import Page, own_account
from app_catalog.publishers.members import access_publisher, is_owner
from app_catalog.publishers.models import Publisher
from app_catalog.releases.changing import access_own_app
from app_catalog.releases.models import App
from app_catalog.transfers.services import (
    accept_offer,
    access_offer_to,
    decline_offer,
    find_offer,
    list_takers,
    offer_app,
    withdraw_offer,
)
from lumbung.db import db
from lumbung.errors import Conflict, Invalid
from lumbung.i18n import t
from lumbung.limits import Limit, spend
from lumbung.web.access import SIGNED_IN, access

OFFERING = Limit("app-offering", 20, 24 * 3600)
"""Each offer is a letter to another publisher's owners, in the words of who offers."""
transfers = Blueprint("transfers", __name__, url_prefix="/publish", subdomain="hub", template_folder="templates")


@transfers.get("/<slug>/apps/<app_slug>/transfer")
@access(SIGNED_IN)
def transfer_form(slug: str, app_slug: str) -> Page:
    """What handing an app over means, and to whom."""
    return _offer_page(*_own(slug, app_slug), {})


@transfers.post("/<slug>/apps/<app_slug>/transfer")
@access(SIGNED_IN)
def offer_transfer(slug: str, app_slug: str) -> Page:
    """Offer the app."""
    publisher, app = _own(slug, app_slug)
    spend(OFFERING, str(publisher.id))
    to, message = request.form.get("to", ""), request.form.get("message", "")
    try:
        offer_app(db.session, publisher, app, to=to, message=message, account_id=own_account())
    except Invalid as error:
        return _offer_page(publisher, app, error.fields), error.status
    except Conflict as error:
        return _offer_page(publisher, app, {"to": [str(error.message)]}), error.status
    flash(t("Ditawarkan; pemiliknya mendapat surel.", "Offered; their owners get an e-mail."), "success")
    return redirect(url_for("transfers.transfer_form", slug=slug, app_slug=app_slug), code=303)


@transfers.post("/<slug>/apps/<app_slug>/transfer/withdraw")
@access(SIGNED_IN)
def withdraw_transfer(slug: str, app_slug: str) -> Page:
    """Keep the app after all."""
    _, app = _own(slug, app_slug)
    withdraw_offer(db.session, app, account_id=own_account())
    flash(t("Tawaran dicabut.", "The offer was withdrawn."), "success")
    return redirect(url_for("publishing.own_app", slug=slug, app_slug=app_slug), code=303)


@transfers.get("/<slug>/transfers/<uuid:transfer_id>")
@access(SIGNED_IN)
def offered_transfer(slug: str, transfer_id: UUID) -> Page:
    """An app that is offered: what accepting it means."""
    return _answer_page(slug, transfer_id, {})


@transfers.post("/<slug>/transfers/<uuid:transfer_id>/accept")
@access(SIGNED_IN)
def accept_transfer(slug: str, transfer_id: UUID) -> Page:
    """Take the app."""
    publisher = access_publisher(db.session, own_account(), slug, owner=True)
    try:
        app = accept_offer(db.session, publisher, transfer_id, account_id=own_account())
    except Conflict as error:
        return _answer_page(slug, transfer_id, {"accept": [str(error.message)]}), error.status
    flash(t("Aplikasi ini kini milik {name}.", "The app is {name}’s now.", name=publisher.name), "success")
    return redirect(url_for("publishing.own_app", slug=slug, app_slug=app.slug), code=303)


@transfers.post("/<slug>/transfers/<uuid:transfer_id>/decline")
@access(SIGNED_IN)
def decline_transfer(slug: str, transfer_id: UUID) -> Page:
    """Leave the app where it is."""
    publisher = access_publisher(db.session, own_account(), slug, owner=True)
    reason = request.form.get("reason", "")
    decline_offer(db.session, publisher, transfer_id, account_id=own_account(), reason=reason)
    flash(t("Ditolak; mereka diberi tahu.", "Declined; they are told."), "success")
    return redirect(url_for("publishing.dashboard", slug=slug), code=303)


def _own(slug: str, app_slug: str) -> tuple[Publisher, App]:
    publisher = access_publisher(db.session, own_account(), slug, owner=True)
    return publisher, access_own_app(db.session, publisher, app_slug)


def _offer_page(publisher: Publisher, app: App, errors: Mapping[str, list[str]]) -> str:
    return render_template(
        "transfers/offer.html",
        publisher=publisher,
        app=app,
        offered=find_offer(db.session, app),
        takers=list_takers(db.session, publisher),
        owner=True,
        values=request.form,
        errors=errors,
    )


def _answer_page(slug: str, transfer_id: UUID, errors: Mapping[str, list[str]]) -> str:
    publisher = access_publisher(db.session, own_account(), slug)
    return render_template(
        "transfers/answer.html",
        publisher=publisher,
        offered=access_offer_to(db.session, publisher, transfer_id),
        owner=is_owner(db.session, publisher, own_account()),
        errors=errors,
    )
