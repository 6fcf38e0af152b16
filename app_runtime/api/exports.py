"""Public records of one type as a file: CSV, Excel or GeoJSON."""

from __future__ import annotations

from flask import Response
from werkzeug.datastructures import MultiDict

from app_runtime.api.columns import FILTERED_TYPES, public_names
from app_runtime.exporting.columns import columns_of
from app_runtime.exporting.reading import exported_rows
from app_runtime.exporting.writing import KINDS, export_file
from app_runtime.pages.opening import ANYBODY, open_app
from app_runtime.records.listing import ordered_matching, present_rows
from app_runtime.records.permissions import read_access
from lumbung.db.tenancy import AnySession
from lumbung.errors import Invalid, NotFound
from lumbung.i18n import t
from lumbung.limits import Limit, address_key, spend

EXPORTED_FROM_ADDRESS = Limit("exports-from-address", size=30, seconds=60 * 60)
"""Shared with the files of pages: each may read thousands of records."""


def export_public(session: AnySession, slug: str, record_type: str, kind: str, asked: MultiDict[str, str]) -> Response:
    """The file. Filters are those of the list: `state` and the app's choices, several values by comma.

    Raises NotFound for an unknown app, type or kind and for what is not public, Invalid for an unknown filter, TooMany.
    """
    app = open_app(session, slug)
    kinds = app.kinds(record_type)
    if kind not in KINDS or all(read_access(each, "public") is None for _, each in kinds):
        raise NotFound
    known = {"state"} | {
        name
        for _, each in kinds
        for name in public_names(each)
        if name in each.fields and each.fields[name].type in FILTERED_TYPES
    }
    if unknown := sorted(set(asked) - known):
        raise Invalid(
            fields={name: [t("Saringan ini tidak dikenal.", "This filter is not known.")] for name in unknown}
        )
    spend(EXPORTED_FROM_ADDRESS, address_key())
    filters = {name: [one for text in asked.getlist(name) for one in text.split(",") if one] for name in asked}
    query, keys = ordered_matching(app, record_type, ANYBODY, filters)
    rows = exported_rows(session, query, keys, lambda records: present_rows(app, records, ANYBODY))
    return export_file(kind, f"{slug}-{record_type}", columns_of(kinds, ANYBODY, app.zone), rows)
