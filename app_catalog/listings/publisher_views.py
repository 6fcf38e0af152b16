"""`/publish/<publisher>/listings`: a publisher's listings, by hand or from a publiccode.yml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app_catalog.catalog.categories import AUDIENCES, category_choices
from app_catalog.definitions.problems import Problem
from app_catalog.definitions.publiccode.reading import PubliccodeFile, read_publiccode
from app_catalog.definitions.publiccode.versions import shown
from app_catalog.definitions.yaml_reading import MAX_BYTES
from app_catalog.listings.forms import read_listing, shown_values
from app_catalog.listings.kinds import KINDS, STAGES
from app_catalog.listings.models import Listing
from app_catalog.listings.publiccode import form_of, write_listing
from app_catalog.listings.services import (
    access_own_listing,
    add_listing,
    change_listing,
    list_own_listings,
    set_listed,
)
from app_catalog.publishers.blueprint import Page, own_account, publishing
from app_catalog.publishers.members import access_publisher, is_owner
from app_catalog.publishers.models import Publisher
from app_catalog.releases.models import App
from lumbung.db import db
from lumbung.errors import Conflict, Invalid
from lumbung.i18n import Text, pick, t
from lumbung.limits import Limit, spend
from lumbung.web.access import SIGNED_IN, access

WRITING = Limit("listing-writing", 120, 3600)
READING = Limit("publiccode-reading", 60, 3600)
"""A long file takes half a second of the processor."""


@publishing.get("/<slug>/listings")
@access(SIGNED_IN)
def own_listings(slug: str) -> Page:
    """All listings of a publisher, by agency."""
    publisher = access_publisher(db.session, own_account(), slug)
    return _page(publisher, "listings/own.html", listings=list_own_listings(db.session, publisher), kinds=KINDS)


@publishing.get("/<slug>/listings/new")
@access(SIGNED_IN)
def new_listing(slug: str) -> Page:
    """The form of a new listing."""
    return _form_page(access_publisher(db.session, own_account(), slug), {}, {})


@publishing.post("/<slug>/listings/new")
@access(SIGNED_IN)
def create_listing(slug: str) -> Page:
    """Put a new listing into the catalog."""
    publisher = access_publisher(db.session, own_account(), slug)
    spend(WRITING, str(own_account()))
    try:
        app = add_listing(db.session, publisher, read_listing(request.form, publiccode=_kept_document()))
    except Invalid as error:
        return _form_page(publisher, request.form, error.fields), error.status
    except Conflict as error:
        return _form_page(publisher, request.form, {"name_id": [str(error.message)]}), error.status
    flash(t("{name} kini tercatat di katalog.", "{name} is in the catalog now.", name=pick(app.name)), "success")
    return redirect(url_for("publishing.own_listings", slug=slug), code=303)


@publishing.get("/<slug>/listings/publiccode")
@access(SIGNED_IN)
def publiccode_form(slug: str) -> Page:
    """Where a publiccode.yml is pasted or chosen."""
    publisher = access_publisher(db.session, own_account(), slug)
    _known(publisher, request.args.get("listing", ""))
    return _publiccode_page(publisher, "", None, {})


@publishing.post("/<slug>/listings/publiccode")
@access(SIGNED_IN)
def read_publiccode_file(slug: str) -> Page:
    """What the file says, and every mistake in it; without one, the listing's form filled from it, to look over."""
    publisher = access_publisher(db.session, own_account(), slug)
    known = _known(publisher, request.form.get("listing", ""))
    spend(READING, str(own_account()))
    written = _given_file()
    if not written.strip():
        missing = {"publiccode": [t("Tempel isinya atau pilih berkasnya.", "Paste it, or choose the file.")]}
        return _publiccode_page(publisher, "", None, missing), 422
    found = read_publiccode(written)
    text = written.decode("utf-8", "replace")
    if not found.report.ok:
        return _publiccode_page(publisher, text, found, {}), 422
    values = (shown_values(*known) if known else {}) | {
        key: said for key, said in form_of(found.document).items() if said
    }
    return _form_page(publisher, values, {}, known=known, publiccode=text, notes=found.report.problems)


@publishing.get("/<slug>/listings/<app_slug>")
@access(SIGNED_IN)
def edit_listing(slug: str, app_slug: str) -> Page:
    """An own listing, to change or withdraw."""
    publisher = access_publisher(db.session, own_account(), slug)
    known = access_own_listing(db.session, publisher, app_slug)
    return _form_page(publisher, shown_values(*known), {}, known=known)


@publishing.post("/<slug>/listings/<app_slug>")
@access(SIGNED_IN)
def save_listing(slug: str, app_slug: str) -> Page:
    """Change an own listing."""
    publisher = access_publisher(db.session, own_account(), slug)
    known = access_own_listing(db.session, publisher, app_slug)
    spend(WRITING, str(own_account()))
    try:
        app = change_listing(db.session, publisher, app_slug, read_listing(request.form, publiccode=_kept_document()))
    except Invalid as error:
        return _form_page(publisher, request.form, error.fields, known=known), error.status
    flash(t("{name} disimpan.", "{name} was saved.", name=pick(app.name)), "success")
    return redirect(url_for("publishing.own_listings", slug=slug), code=303)


@publishing.post("/<slug>/listings/<app_slug>/listed")
@access(SIGNED_IN)
def list_or_withdraw(slug: str, app_slug: str) -> Page:
    """Withdraw an own listing from the catalog, or show it again."""
    publisher = access_publisher(db.session, own_account(), slug)
    known = access_own_listing(db.session, publisher, app_slug)
    app, listed = known[0], request.form.get("step") == "show"
    try:
        set_listed(db.session, *known, listed=listed)
    except Conflict as error:
        return _form_page(publisher, shown_values(*known), {"name_id": [str(error.message)]}, known=known), error.status
    words = (
        Text("{name} tampil lagi.", "{name} is shown again.")
        if listed
        else Text("{name} ditarik dari katalog.", "{name} was withdrawn from the catalog.")
    )
    flash(str(words.format(name=pick(app.name))), "success")
    return redirect(url_for("publishing.own_listings", slug=slug), code=303)


def _known(publisher: Publisher, slug: str) -> tuple[App, Listing] | None:
    """The own listing that a file is for; None for a new one."""
    return access_own_listing(db.session, publisher, slug) if slug else None


def _given_file() -> bytes:
    """What was chosen or pasted, and no more than one byte past what is read at all."""
    chosen = request.files.get("file")
    given = b""
    if chosen and chosen.filename:
        with chosen.stream as opened:
            given = opened.read(MAX_BYTES + 1)
    return given or request.form.get("publiccode", "").encode("utf-8", "replace")[: MAX_BYTES + 1]


def _kept_document() -> dict[str, Any] | None:
    """The document of the file that the form was filled from: read again, as nothing that comes back is trusted."""
    written = request.form.get("publiccode", "").encode("utf-8", "replace")[: MAX_BYTES + 1]
    if not written.strip():
        return None
    found = read_publiccode(written)
    return found.document if found.report.ok else None


def _form_page(
    publisher: Publisher,
    values: Mapping[str, str],
    errors: Mapping[str, list[str]],
    *,
    known: tuple[App, Listing] | None = None,
    publiccode: str = "",
    notes: tuple[Problem, ...] = (),
) -> str:
    missing = write_listing(*known, publisher, used_by=[]).problems if known else ()
    return _page(
        publisher,
        "listings/form.html",
        values=values,
        errors=errors,
        known=known[0] if known else None,
        withheld=known[1].withheld_reason if known and known[1].withheld_at else "",
        publiccode=publiccode or values.get("publiccode", ""),
        notes=notes,
        missing=sorted({problem.path for problem in missing}),
        kind_cards=[{"value": key, "label": str(kind.name), "icon": kind.icon} for key, kind in KINDS.items()],
        stages=list(STAGES.items()),
        categories=category_choices(),
        audiences=list(AUDIENCES.items()),
    )


def _publiccode_page(
    publisher: Publisher, text: str, found: PubliccodeFile | None, errors: Mapping[str, list[str]]
) -> str:
    return _page(
        publisher,
        "listings/publiccode.html",
        text=text,
        report=found.report if found else None,
        version=shown(found.minor) if found else "",
        errors=errors,
        listing=request.values.get("listing", ""),
    )


def _page(publisher: Publisher, template: str, **context: Any) -> str:
    owner = is_owner(db.session, publisher, own_account())
    return render_template(template, publisher=publisher, owner=owner, **context)
