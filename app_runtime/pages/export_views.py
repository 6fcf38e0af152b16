"""`/<app>/<page>/export.csv`: a list as it is filtered, as a file."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, request

from app_runtime.exporting.columns import columns_of
from app_runtime.exporting.family import Family
from app_runtime.exporting.reading import exported_rows
from app_runtime.exporting.writing import export_file
from app_runtime.pages.blueprint import pages
from app_runtime.pages.lists import export_kinds, list_statement
from app_runtime.pages.opening import open_page
from app_runtime.records.listing import present_rows
from app_runtime.records.models import Record
from app_runtime.records.presenting import PresentedRecord
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
    family = Family(app, reader)

    def present(records: Sequence[Record]) -> list[PresentedRecord]:
        family.look_ahead(records)
        return present_rows(app, records, reader)

    record_type = opened.record_type.id
    columns = [*columns_of(app.kinds(record_type), reader, app.zone), *family.columns(record_type)]
    return export_file(kind, f"{slug}-{page_id}", columns, exported_rows(db.session, query, keys, present))
