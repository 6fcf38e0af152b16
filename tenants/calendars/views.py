"""`/manage/calendar`: office hours, days off and the time zone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lumbung.db import db
from lumbung.errors import Invalid
from lumbung.i18n import Text, t
from lumbung.web.access import ADMIN, access
from tenants.agencies.tree import local_today
from tenants.calendars.changes import (
    add_day_off,
    change_day_off,
    get_day_off,
    list_days_off,
    office_week,
    remove_day_off,
    set_office_week,
    set_zone,
    years_with_days_off,
)
from tenants.calendars.forms import read_day_off, read_week, shown_week
from tenants.calendars.models import CalendarDay
from tenants.calendars.services import DEFAULT_WEEK
from tenants.municipalities.services import own_municipality

calendars = Blueprint(
    "calendars", __name__, url_prefix="/manage/calendar", subdomain="portal", template_folder="templates"
)
Page = str | Response | tuple[str, int]
KINDS = {
    "national": Text("Libur nasional", "National holiday"),
    "joint_leave": Text("Cuti bersama", "Joint leave"),
    "local": Text("Libur daerah", "Local day off"),
}
ZONES = (
    ("Asia/Jakarta", Text("WIB – Waktu Indonesia Barat", "WIB – Western Indonesia")),
    ("Asia/Makassar", Text("WITA – Waktu Indonesia Tengah", "WITA – Central Indonesia")),
    ("Asia/Jayapura", Text("WIT – Waktu Indonesia Timur", "WIT – Eastern Indonesia")),
)


@calendars.get("")
@access(ADMIN)
def index() -> Page:
    """Hours, days off of a year, and the zone."""
    return _page({})


@calendars.post("/hours")
@access(ADMIN)
def save_hours() -> Page:
    """State the office hours."""
    answers = read_week(request.form)
    try:
        answers.require_valid()
        set_office_week(db.session, answers.week)
    except Invalid as error:
        return _page(error.fields, rows=answers.rows), 422
    flash(
        t("Jam kantor tersimpan; berlaku untuk batas waktu baru.", "Office hours are saved for new deadlines."),
        "success",
    )
    return redirect(url_for("calendars.index"), 303)


@calendars.post("/zone")
@access(ADMIN)
def save_zone() -> Page:
    """Choose the time zone."""
    try:
        set_zone(db.session, request.form.get("timezone", ""))
    except Invalid as error:
        return _page(error.fields), 422
    flash(t("Zona waktu tersimpan.", "The time zone is saved."), "success")
    return redirect(url_for("calendars.index"), 303)


@calendars.get("/days/new")
@access(ADMIN)
def new_day() -> Page:
    """The empty form of a day off."""
    return _day_form(None, {"kind": "local"}, {})


@calendars.post("/days/new")
@access(ADMIN)
def create_day() -> Page:
    """Add a day off."""
    try:
        day, day_off = read_day_off(request.form)
        add_day_off(db.session, day, day_off)
    except Invalid as error:
        return _day_form(None, request.form, error.fields), 422
    flash(t("{name} ditambahkan.", "{name} was added.", name=day_off.name), "success")
    return redirect(url_for("calendars.index", year=day.year), 303)


@calendars.get("/days/<uuid:day_id>")
@access(ADMIN)
def edit_day(day_id: UUID) -> Page:
    """The form of a day off."""
    found = get_day_off(db.session, day_id)
    values = {"day": found.day.isoformat(), "name": found.name, "kind": found.kind, "source": found.source}
    return _day_form(found, values, {})


@calendars.post("/days/<uuid:day_id>")
@access(ADMIN)
def save_day(day_id: UUID) -> Page:
    """Change a day off."""
    found = get_day_off(db.session, day_id)
    try:
        day, day_off = read_day_off(request.form)
        change_day_off(db.session, found, day, day_off)
    except Invalid as error:
        return _day_form(found, request.form, error.fields), 422
    flash(t("Tersimpan.", "Saved."), "success")
    return redirect(url_for("calendars.index", year=day.year), 303)


@calendars.post("/days/<uuid:day_id>/remove")
@access(ADMIN)
def remove_day(day_id: UUID) -> Page:
    """Make it a working day again."""
    found = get_day_off(db.session, day_id)
    year = found.day.year
    remove_day_off(db.session, found)
    flash(t("Hari libur dihapus.", "The day off was removed."), "success")
    return redirect(url_for("calendars.index", year=year), 303)


def chosen_year(default: int) -> int:
    """The year that the address asks for, else `default`."""
    written = request.values.get("year", "")
    return int(written) if written.isascii() and written.isdigit() and 2000 <= int(written[:5]) <= 2100 else default


def _page(errors: Mapping[str, list[str]], **shown: Any) -> str:
    session, today = db.session, local_today(db.session)
    week = office_week(session)
    year = chosen_year(today.year)
    counts = years_with_days_off(session)
    years = sorted({*counts, today.year, today.year + 1, year})
    return render_template(
        "calendars/index.html",
        municipality=own_municipality(session),
        rows=shown.get("rows") or shown_week(week or DEFAULT_WEEK),
        stated=bool(week),
        days=list_days_off(session, year),
        year=year,
        years=[(found, counts.get(found, 0)) for found in years],
        kinds=KINDS,
        zones=[(zone, str(label)) for zone, label in ZONES],
        errors=errors,
    )


def _day_form(found: CalendarDay | None, values: Mapping[str, object], errors: Mapping[str, list[str]]) -> str:
    return render_template(
        "calendars/day.html",
        found=found,
        values=values,
        errors=errors,
        kinds=[(kind, str(label)) for kind, label in KINDS.items()],
    )
