"""`/publish/<publisher>/inventory`: a table of apps becomes listings, after a look."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from app_catalog.catalog.categories import category_choices
from app_catalog.listings.kinds import KINDS
from app_catalog.listings.services import wait_for_listings
from app_catalog.publishers.blueprint import Page, own_account
from app_catalog.publishers.members import access_publisher, is_owner
from app_catalog.publishers.models import Publisher
from app_runtime.inventory.lines import COLUMNS, MOST_BYTES, MOST_LINES, InventoryLine, read_inventory, read_line
from app_runtime.inventory.services import Plan, plan_inventory, take_in
from lumbung.db import db
from lumbung.errors import Conflict, Invalid, TooLarge
from lumbung.i18n import t
from lumbung.limits import Limit, spend
from lumbung.web.access import SIGNED_IN, access
from tenants.answers import clean_text

inventory = Blueprint(
    "inventory", __name__, url_prefix="/publish/<slug>/inventory", subdomain="hub", template_folder="templates"
)
READING = Limit("inventory-reading", 30, 3600)
_EXAMPLE = (
    ("nama", "jenis", "kategori", "dinas", "alamat", "kegunaan", "untuk"),
    ("Situs Dinas Kesehatan", "situs web", "Kesehatan", "Dinas Kesehatan", "https://dinkes.kota.example", "", "warga"),
    ("E-Kinerja", "aplikasi web", "Lainnya", "BKPSDM", "https://ekinerja.kota.example", "Kinerja pegawai.", "kantor"),
)


@inventory.get("")
@access(SIGNED_IN)
def form(slug: str) -> Page:
    """Where the file is chosen."""
    return _form_page(access_publisher(db.session, own_account(), slug), {})


@inventory.get("/example.csv")
@access(SIGNED_IN)
def example(slug: str) -> Response:
    """A file to begin with."""
    access_publisher(db.session, own_account(), slug)
    written = io.StringIO()
    csv.writer(written).writerows(_EXAMPLE)
    response = Response("\ufeff" + written.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="inventaris.csv"'
    return response


@inventory.post("")
@access(SIGNED_IN)
def preview(slug: str) -> Page:
    """What the file would do, line by line; nothing is kept."""
    publisher = access_publisher(db.session, own_account(), slug)
    spend(READING, str(own_account()))
    chosen = request.files.get("file")
    if not chosen or not chosen.filename:
        return _form_page(publisher, {"file": [t("Pilih berkasnya.", "Choose the file.")]}), 422
    try:
        with chosen.stream as opened:
            lines = read_inventory(opened.read(MOST_BYTES + 1), chosen.filename)
    except (Invalid, TooLarge) as error:
        return _form_page(publisher, {"file": [str(error.message)]}), error.status
    return _preview_page(publisher, plan_inventory(db.session, publisher, lines))


@inventory.post("/confirm")
@access(SIGNED_IN)
def confirm(slug: str) -> Page:
    """Take in what was looked at: the lines come back with the form and are judged again."""
    publisher = access_publisher(db.session, own_account(), slug)
    wait_for_listings(db.session, publisher)
    plan = plan_inventory(db.session, publisher, _lines_that_came_back(request.form.get("lines", "")))
    try:
        take_in(db.session, publisher, plan)
    except Conflict as error:
        return _form_page(publisher, {"file": [str(error.message)]}), error.status
    flash(
        t(
            "{new} aplikasi dicatat, {changed} diperbarui.",
            "{new} apps were listed, {changed} brought up to date.",
            new=len(plan.new),
            changed=len(plan.changed),
        ),
        "success",
    )
    return redirect(url_for("publishing.own_listings", slug=slug), code=303)


def _lines_that_came_back(written: str) -> list[InventoryLine]:
    """The lines of the preview; whatever else may have been sent is none."""
    try:
        found = json.loads(written[: 2 * MOST_BYTES])
    except (ValueError, RecursionError):
        return []
    if not isinstance(found, list):
        return []
    rows = [row for row in found[:MOST_LINES] if isinstance(row, dict)]
    return [read_line(number, _cells(row)) for number, row in enumerate(rows, start=1)]


def _cells(row: Mapping[str, Any]) -> dict[str, str]:
    return {name: clean_text(value) for name in COLUMNS if isinstance(value := row.get(name, ""), str)}


def _form_page(publisher: Publisher, errors: Mapping[str, list[str]]) -> str:
    return _page(
        publisher,
        "inventory/form.html",
        errors=errors,
        kind_names=[str(kind.name) for kind in KINDS.values()],
        category_names=[str(name) for _, name in category_choices()],
        most=MOST_LINES,
    )


def _preview_page(publisher: Publisher, plan: Plan) -> str:
    lines = json.dumps([dict(line.cells) for line in plan.sound], ensure_ascii=False)
    return _page(publisher, "inventory/preview.html", plan=plan, lines=lines, kinds=KINDS)


def _page(publisher: Publisher, template: str, **context: Any) -> str:
    return render_template(
        template, publisher=publisher, owner=is_owner(db.session, publisher, own_account()), **context
    )
