"""`/curator/releases`: a person looks at names that could be taken for another app's."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for

from app_catalog.publishers.blueprint import Page, own_account
from app_catalog.releases.shelves import approve_release, list_waiting, send_back_release
from lumbung.db import db
from lumbung.errors import Conflict, Invalid
from lumbung.i18n import t
from lumbung.web.access import CURATOR, access

curating = Blueprint("curating", __name__, url_prefix="/curator/releases", subdomain="hub", template_folder="templates")


@curating.get("")
@access(CURATOR)
def waiting() -> Page:
    """Releases that wait."""
    return _page({})


@curating.post("/<uuid:release_id>/approve")
@access(CURATOR)
def approve(release_id: UUID) -> Page:
    """Publish the release."""
    try:
        release = approve_release(db.session, release_id, account_id=own_account())
    except Conflict as error:
        return _page({"decision": [str(error.message)]}), error.status
    flash(t("Versi {version} terbit.", "Version {version} is published.", version=release.version), "success")
    return redirect(url_for("curating.waiting"), code=303)


@curating.post("/<uuid:release_id>/send-back")
@access(CURATOR)
def send_back(release_id: UUID) -> Page:
    """Send the release back with a reason."""
    reason = request.form.get("reason", "")
    try:
        send_back_release(db.session, release_id, account_id=own_account(), reason=reason)
    except Invalid as error:
        return _page({f"reason-{release_id}": error.fields["reason"]}, reason=reason), error.status
    except Conflict as error:
        return _page({"decision": [str(error.message)]}), error.status
    flash(t("Rilis dikembalikan; penerbit membaca alasannya.", "Sent back; they can read why."), "success")
    return redirect(url_for("curating.waiting"), code=303)


def _page(errors: Mapping[str, list[str]], *, reason: str = "") -> str:
    return render_template("releases/curator.html", waiting=list_waiting(db.session), errors=errors, reason=reason)
