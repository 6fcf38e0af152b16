"""`/<app>/<page>/export.csv`: a list as it is filtered, as a file."""

from __future__ import annotations

from flask import Response, request

from app_runtime.exporting.columns import columns_of
from app_runtime.exporting.reading import exported_rows
from app_runtime.exporting.writing import export_file
from app_runtime.pages.blueprint import pages
from app_runtime.pages.lists import export_kinds, list_statement
from app_runtime.pages.opening import open_page
from app_runtime.records.listing import present_rows
from lumbung.db import db
from lumbung.errors import NotFound
from lumbung.limits import Limit, address_key, spend
from lumbung.web.access import PUBLIC, access, current_visitor

EXPORTED_FROM_ADDRESS = Limit("exports-from-address", size=30, seconds=60 * 60)
"""Files from one address: each may read thousands of records, and many people share one on a mobile network."""


@pages.get("/<slug>/<page_id>/export.<kind>")
@access(PUBLIC)
def export(slug: str, page_id: str, kind: str) -> Response:
    """The list as CSV, Excel or GeoJSON: at most 20,000 rows, in its order, with what the page's reader may see."""
    opened = open_page(db.session, current_visitor(), slug, page_id, kind="list")
    if kind not in export_kinds(opened.record_type):
        raise NotFound
    spend(EXPORTED_FROM_ADDRESS, address_key())
    app, reader = opened.app, opened.reader
    query, keys = list_statement(opened, request.args)
    rows = exported_rows(db.session, query, keys, lambda records: present_rows(app, records, reader))
    columns = columns_of(app.kinds(opened.record_type.id), reader, app.zone)
    return export_file(kind, f"{slug}-{page_id}", columns, rows)
