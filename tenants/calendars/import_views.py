"""Days off brought in at once: the nation's for a year, or a CSV file, each looked at before it is taken."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lumbung.db import db
from lumbung.i18n import t
from lumbung.web.access import ADMIN, access
from tenants.agencies.tree import local_today
from tenants.calendars.changes import preview_days_off, take_days_off
from tenants.calendars.days_off_csv import EXAMPLE, MOST_BYTES, parse_days_off
from tenants.calendars.national import FIRST_YEAR, LAST_YEAR
from tenants.calendars.national_import import import_national_days, preview_national_days
from tenants.calendars.views import KINDS, chosen_year

calendar_imports = Blueprint(
    "calendar_imports", __name__, url_prefix="/manage/calendar", subdomain="portal", template_folder="templates"
)
Page = str | Response | tuple[str, int]


@calendar_imports.get("/national")
@access(ADMIN)
def national() -> Page:
    """What an import of a year would change, and how sure the year is."""
    year = _national_year()
    preview = preview_national_days(db.session, year)
    return render_template("calendars/national.html", preview=preview, year=year, kinds=KINDS)


@calendar_imports.post("/national")
@access(ADMIN)
def take_national() -> Page:
    """Take the year over."""
    year = _national_year()
    done = import_national_days(db.session, year)
    flash(
        t(
            "{year}: {added} ditambahkan, {changed} diperbarui, {removed} dihapus.",
            "{year}: {added} added, {changed} updated, {removed} removed.",
            year=year,
            added=len(done.added),
            changed=len(done.changed),
            removed=len(done.removed),
        ),
        "success",
    )
    return redirect(url_for("calendars.index", year=year), 303)


@calendar_imports.get("/import")
@access(ADMIN)
def csv_form() -> Page:
    """Upload or paste a table."""
    return _csv_page("", status=200)


@calendar_imports.post("/import")
@access(ADMIN)
def csv_preview() -> Page:
    """Every mistake by line; without any, what would change."""
    upload = request.files.get("file")
    pasted = request.form.get("table", "")
    chosen = bool(upload and upload.filename)
    data = upload.stream.read(MOST_BYTES + 1) if upload and chosen else pasted.encode()
    if not chosen and not pasted.strip():
        return _csv_page("", status=422, empty=True)
    table = parse_days_off(data)
    # A file that is wrong as a whole would only fill the box with signs that nobody can read.
    unusable = chosen and any(error.line is None for error in table.errors)
    written = pasted if unusable else data.decode("utf-8-sig", errors="replace")
    if table.errors:
        return _csv_page(written, status=422, errors=table.errors)
    if request.form.get("confirmed") != "1":
        preview = preview_days_off(db.session, table.days)
        return render_template("calendars/csv_preview.html", preview=preview, table=written, kinds=KINDS)
    done = take_days_off(db.session, table.days)
    flash(
        t(
            "{added} hari ditambahkan, {replaced} diperbarui.",
            "{added} days added, {replaced} updated.",
            added=len(done.added),
            replaced=len(done.replaced),
        ),
        "success",
    )
    return redirect(url_for("calendars.index", year=min(table.days).year), 303)


def _csv_page(table: str, *, status: int, errors: tuple[object, ...] = (), empty: bool = False) -> Page:
    page = render_template("calendars/csv.html", table=table, errors=errors, empty=empty, example=EXAMPLE)
    return (page, status) if status != 200 else page


def _national_year() -> int:
    year = chosen_year(local_today(db.session).year)
    return min(max(year, FIRST_YEAR), LAST_YEAR)
