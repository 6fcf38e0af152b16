"""`/manage`: the checklist and the municipality's own particulars; `/seal` for everybody."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lumbung.db import db
from lumbung.errors import Invalid
from lumbung.files import send_stored_file
from lumbung.i18n import t
from lumbung.web.access import ADMIN, PUBLIC, access
from tenants.municipalities.checklist import checklist, missing_steps, open_portal
from tenants.municipalities.forms import (
    LEAST_ZOOM,
    MOST_ZOOM,
    MunicipalityAnswers,
    read_municipality,
    shown_municipality,
)
from tenants.municipalities.models import Municipality
from tenants.municipalities.notices import overview_notices
from tenants.municipalities.seal import MOST_BYTES, get_seal, remove_seal, set_seal
from tenants.municipalities.services import change_municipality, is_open, own_municipality

manage = Blueprint("manage", __name__, subdomain="portal", template_folder="templates")
Page = str | AnyResponse | tuple[str, int]


@manage.get("/manage")
@access(ADMIN)
def overview() -> Page:
    """What is done and what comes next."""
    municipality = own_municipality(db.session)
    items = checklist(db.session, municipality)
    return render_template(
        "municipalities/overview.html",
        municipality=municipality,
        items=items,
        done=sum(item.done for item in items),
        missing=missing_steps(items),
        is_open=is_open(municipality),
        notices=overview_notices(db.session, municipality),
    )


@manage.post("/manage/open")
@access(ADMIN)
def open_to_residents() -> Page:
    """Let residents in."""
    open_portal(db.session, own_municipality(db.session, lock=True))
    flash(t("Portal sudah dibuka untuk warga.", "The portal is open to residents."), "success")
    return redirect(url_for("manage.overview"), 303)


@manage.get("/manage/municipality")
@access(ADMIN)
def particulars() -> Page:
    """Name, contact, map, colour and seal."""
    municipality = own_municipality(db.session)
    return _particulars(municipality, shown_municipality(municipality), {})


@manage.post("/manage/municipality")
@access(ADMIN)
def save_particulars() -> Page:
    """Keep name, contact, map and colour."""
    municipality = own_municipality(db.session)
    answers = read_municipality(request.form)
    try:
        changed = change_municipality(db.session, municipality, answers.changes)
    except Invalid as error:
        return _particulars(municipality, answers, error.fields), 422
    flash(
        t("Tersimpan dan langsung berlaku.", "Saved; it holds at once.")
        if changed
        else t("Tidak ada yang berubah.", "Nothing was different."),
        "success",
    )
    return redirect(url_for("manage.particulars"), 303)


@manage.post("/manage/municipality/seal")
@access(ADMIN)
def upload_seal() -> Page:
    """Show another seal."""
    municipality = own_municipality(db.session, lock=True)
    upload = request.files.get("seal")
    data = upload.stream.read(MOST_BYTES + 1) if upload else b""
    try:
        set_seal(db.session, municipality, data, name=(upload.filename if upload else None) or "lambang.png")
    except Invalid as error:
        fields = error.fields or {"seal": [str(error.message)]}
        return _particulars(municipality, shown_municipality(municipality), fields), 422
    flash(t("Lambang tersimpan.", "The seal is saved."), "success")
    return redirect(url_for("manage.particulars"), 303)


@manage.post("/manage/municipality/seal/remove")
@access(ADMIN)
def drop_seal() -> Page:
    """Show initials again."""
    remove_seal(db.session, own_municipality(db.session, lock=True))
    flash(t("Lambang dihapus; portal memakai inisial.", "The seal is gone; the portal shows initials."), "success")
    return redirect(url_for("manage.particulars"), 303)


@manage.get("/seal")
@access(PUBLIC)
def seal() -> Response:
    """The seal as a picture."""
    response = send_stored_file(get_seal(db.session, own_municipality(db.session)))
    # The address stays the same when the seal changes, so browsers ask again each time (by ETag).
    response.headers["Cache-Control"] = "public, no-cache"
    return response


def _particulars(municipality: Municipality, answers: MunicipalityAnswers, errors: Mapping[str, list[str]]) -> str:
    return render_template(
        "municipalities/particulars.html",
        municipality=municipality,
        values=answers.values,
        place_text=answers.place_text,
        errors=errors,
        zooms_named=[(zoom, _zoom_label(zoom)) for zoom in range(LEAST_ZOOM, MOST_ZOOM + 1)],
    )


def _zoom_label(zoom: int) -> str:
    named = {
        8: t("beberapa kabupaten", "several regencies"),
        10: t("satu kabupaten", "a regency"),
        12: t("satu kota", "a city"),
        14: t("satu kecamatan", "a district"),
        16: t("beberapa jalan", "some streets"),
    }
    return f"{zoom} – {named[zoom]}" if zoom in named else str(zoom)
