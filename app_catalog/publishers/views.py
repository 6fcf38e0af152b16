"""`/publish`: my publishers, asking for one, and a publisher's own page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app_catalog.publishers.agencies import agencies_offered_by
from app_catalog.publishers.blueprint import Page, own_account, publishing
from app_catalog.publishers.forms import read_request
from app_catalog.publishers.members import access_publisher, is_owner, list_own_publishers
from app_catalog.publishers.services import municipalities_administered_by, request_publisher
from app_catalog.releases.shelves import list_own_apps
from app_catalog.transfers.services import list_offers
from lumbung.db import db
from lumbung.errors import Conflict, Forbidden, Invalid
from lumbung.i18n import t
from lumbung.web.access import PUBLIC, SIGNED_IN, access, current_visitor


@publishing.get("")
@access(PUBLIC)
def overview() -> Page:
    """What publishing is, and the publishers of who is asking."""
    mine = list_own_publishers(db.session, current_visitor().account_id) if current_visitor().signed_in else []
    return render_template("publishers/overview.html", publishers=mine)


@publishing.get("/request")
@access(SIGNED_IN)
def request_form() -> Page:
    """The form for asking to become a publisher."""
    return _request_page({"contact_email": current_visitor().email}, {})


@publishing.post("/request")
@access(SIGNED_IN)
def send_request() -> Page:
    """Ask to become a publisher."""
    try:
        publisher = request_publisher(db.session, own_account(), **read_request(request.form))
    except Invalid as error:
        return _request_page(request.form, error.fields), error.status
    except Forbidden as error:
        if request.form.get("kind") != "agency":
            raise
        return _request_page(request.form, {"agency": [str(error.message)]}), error.status
    except Conflict as error:
        return _request_page(request.form, {"slug": [str(error.message)]}), error.status
    flash(
        t(
            "Permintaan {name} terkirim. Pengelola platform akan memutuskannya.",
            "The request for {name} was sent. The platform's operator will decide.",
            name=publisher.name,
        ),
        "success",
    )
    return redirect(url_for("publishing.overview"), code=303)


@publishing.get("/<slug>")
@access(SIGNED_IN)
def dashboard(slug: str) -> Page:
    """A publisher's apps and what has become of each release."""
    publisher = access_publisher(db.session, own_account(), slug)
    return render_template(
        "publishers/dashboard.html",
        publisher=publisher,
        apps=list_own_apps(db.session, publisher),
        offers=list_offers(db.session, publisher),
        owner=is_owner(db.session, publisher, own_account()),
    )


def _request_page(values: Mapping[str, Any], errors: Mapping[str, list[str]]) -> str:
    municipalities = municipalities_administered_by(db.session, own_account())
    agencies = agencies_offered_by(db.session, own_account())
    return render_template(
        "publishers/request.html",
        values=values,
        errors=errors,
        municipalities=municipalities,
        agency_choices=[(offered.id, offered.shown) for offered in agencies],
        municipality_choices=[(str(found.id), found.name) for found in municipalities],
    )
