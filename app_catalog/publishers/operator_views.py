"""`/operator/publishers`: the operator decides who publishes."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for

from app_catalog.publishers.blueprint import Page, own_account
from app_catalog.publishers.services import approve_publisher, list_decided, list_requests, refuse_publisher
from lumbung.db import db
from lumbung.errors import Conflict, Invalid
from lumbung.i18n import t
from lumbung.web.access import OPERATOR, access

publisher_requests = Blueprint(
    "publisher_requests", __name__, url_prefix="/operator/publishers", subdomain="hub", template_folder="templates"
)


@publisher_requests.get("")
@access(OPERATOR)
def waiting() -> Page:
    """Requests that wait, and what was decided before."""
    return _page({})


@publisher_requests.post("/<uuid:publisher_id>/approve")
@access(OPERATOR)
def approve(publisher_id: UUID) -> Page:
    """Let them publish."""
    try:
        publisher = approve_publisher(db.session, publisher_id, decided_by=own_account())
    except Conflict as error:
        return _page({"decision": [str(error.message)]}), error.status
    flash(t("{name} kini dapat menerbitkan.", "{name} may publish now.", name=publisher.name), "success")
    return redirect(url_for("publisher_requests.waiting"), code=303)


@publisher_requests.post("/<uuid:publisher_id>/refuse")
@access(OPERATOR)
def refuse(publisher_id: UUID) -> Page:
    """Refuse with a reason."""
    reason = request.form.get("reason", "")
    try:
        refuse_publisher(db.session, publisher_id, decided_by=own_account(), reason=reason)
    except Invalid as error:
        return _page({f"reason-{publisher_id}": error.fields["reason"]}, reason=reason), error.status
    except Conflict as error:
        return _page({"decision": [str(error.message)]}), error.status
    flash(t("Permintaan ditolak; pemohon membaca alasannya.", "Refused; they can read why."), "success")
    return redirect(url_for("publisher_requests.waiting"), code=303)


def _page(errors: Mapping[str, list[str]], *, reason: str = "") -> str:
    return render_template(
        "publishers/operator.html",
        waiting=list_requests(db.session),
        decided=list_decided(db.session),
        errors=errors,
        reason=reason,
    )
