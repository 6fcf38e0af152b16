"""`/apps/<app>/learn`: material for everybody; `/publish/<publisher>/apps/<app>/material`: its publisher keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from app_catalog.assistance.closing import list_thanks
from app_catalog.assistance.material import MOST_BYTES, add_material, get_file, list_material, remove_material
from app_catalog.assistance.partnering import told_reasons
from app_catalog.assistance.portal_views import Page
from app_catalog.assistance.whom_to_ask import list_partners
from app_catalog.publishers.blueprint import own_account, publishing
from app_catalog.publishers.members import access_publisher, is_owner
from app_catalog.releases.changing import access_own_app
from app_catalog.requests.reading import access_listed_app
from lumbung.db import db
from lumbung.errors import Conflict, Invalid
from lumbung.i18n import t
from lumbung.limits import Limit, spend
from lumbung.web.access import PUBLIC, PUBLISHER, access

learning = Blueprint("learning", __name__, subdomain="hub", template_folder="templates")
ADDING = Limit("material-adding", 60, 3600)
# A sandbox keeps the browsers' own PDF readers from showing anything; a PDF runs no script of ours, and all else is
# shut.
_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


@learning.get("/apps/<slug>/learn")
@access(PUBLIC)
def learn(slug: str) -> str:
    """Material, who is willing to help, and what municipalities say of help that they got."""
    app = access_listed_app(db.session, slug)
    partners = [(offer, municipality, told_reasons(offer)) for offer, municipality in list_partners(db.session, app.id)]
    return render_template(
        "assistance/learn.html",
        app=app,
        material=list_material(db.session, app.id),
        partners=partners,
        thanks=list_thanks(db.session, app.id),
    )


@learning.get("/apps/<slug>/learn/<uuid:material_id>.pdf")
@access(PUBLIC)
def file(slug: str, material_id: UUID) -> Response:
    """One PDF."""
    app = access_listed_app(db.session, slug)
    found = get_file(db.session, app.id, material_id)
    response = Response(found.data or b"", mimetype="application/pdf")
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers.set("Content-Disposition", "inline", filename=found.file_name)
    response.set_etag(found.sha256)
    response.make_conditional(request)
    return response


@publishing.get("/<slug>/apps/<app_slug>/material")
@access(PUBLISHER)
def own_material(slug: str, app_slug: str) -> Page:
    """The material of an own app, and the form for more."""
    return _own_page(slug, app_slug, {})


@publishing.post("/<slug>/apps/<app_slug>/material")
@access(PUBLISHER)
def change_material(slug: str, app_slug: str) -> Page:
    """Add a piece of material, or take one away (`remove`)."""
    app = access_own_app(db.session, access_publisher(db.session, own_account(), slug), app_slug)
    spend(ADDING, str(own_account()))
    again = redirect(url_for("publishing.own_material", slug=slug, app_slug=app_slug), 303)
    data, file_name = _sent()
    try:
        if "remove" in request.form:
            remove_material(db.session, app, _uuid(request.form["remove"]))
            flash(t("Bahan dihapus.", "The material was removed."), "success")
            return again
        add_material(
            db.session,
            app,
            account_id=own_account(),
            title={language: request.form.get(f"title_{language}", "") for language in ("id", "en")},
            about={language: request.form.get(f"about_{language}", "") for language in ("id", "en")},
            url=request.form.get("url", ""),
            data=data,
            file_name=file_name,
        )
    except Invalid as error:
        return _own_page(slug, app_slug, error.fields), 422
    except Conflict as error:
        flash(str(error.message), "warning")
        return again
    flash(t("Bahan tampil di katalog.", "The material is in the catalog."), "success")
    return again


def _sent() -> tuple[bytes, str]:
    """The bytes and the name of the file that was sent; of a large one not more than is needed to refuse it."""
    upload = request.files.get("file")
    if upload is None:
        return b"", ""
    try:
        return upload.read(MOST_BYTES + 1) if upload.filename else b"", upload.filename or ""
    finally:
        upload.close()


def _uuid(written: str) -> UUID:
    try:
        return UUID(written)
    except ValueError:
        return UUID(int=0)


def _own_page(slug: str, app_slug: str, errors: Mapping[str, list[str]]) -> str:
    publisher = access_publisher(db.session, own_account(), slug)
    app = access_own_app(db.session, publisher, app_slug)
    return render_template(
        "assistance/own_material.html",
        publisher=publisher,
        app=app,
        owner=is_owner(db.session, publisher, own_account()),
        material=list_material(db.session, app.id),
        values=request.form,
        errors=errors,
    )
