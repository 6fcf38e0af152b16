"""Public records of one type as a file: CSV, Excel or GeoJSON."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response
from werkzeug.datastructures import MultiDict

from app_runtime.api.columns import FILTERED_TYPES, public_names
from app_runtime.api.family import takes_parent
from app_runtime.children.reading import child_of
from app_runtime.exporting.columns import columns_of
from app_runtime.exporting.family import Family
from app_runtime.exporting.reading import exported_rows
from app_runtime.exporting.writing import KINDS, export_file
from app_runtime.pages.opening import ANYBODY, open_app
from app_runtime.records.listing import ordered_matching, present_rows
from app_runtime.records.models import Record
from app_runtime.records.permissions import read_access
from app_runtime.records.presenting import PresentedRecord
from lumbung.db.tenancy import AnySession
from lumbung.errors import Invalid, NotFound
from lumbung.i18n import t
from lumbung.limits import Limit, address_key, spend

EXPORTED_FROM_ADDRESS = Limit("exports-from-address", size=30, seconds=60 * 60)
"""Shared with the files of pages: each may read thousands of records."""


def export_public(session: AnySession, slug: str, record_type: str, kind: str, asked: MultiDict[str, str]) -> Response:
    """The file. Filters are those of the list: `state`, the app's choices, several values by comma, and `parent`.

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
    areas = {name for _, each in kinds for name, spec in each.fields.items() if spec.type == "area"}
    parent = asked.get("parent") if "parent" not in known and takes_parent(app.definitions, record_type) else None
    if unknown := sorted(set(asked) - known - ({"parent"} if parent else set())):
        raise Invalid(
            fields={name: [t("Saringan ini tidak dikenal.", "This filter is not known.")] for name in unknown}
        )
    spend(EXPORTED_FROM_ADDRESS, address_key())
    filters = {
        name: [one for text in asked.getlist(name) for one in ([text] if name in areas else text.split(",")) if one]
        for name in known & {*asked}
    }
    query, keys = ordered_matching(app, record_type, ANYBODY, filters)
    if parent:
        query = query.where(child_of(app, record_type, ANYBODY, parent))
    family = Family(app, ANYBODY)

    def present(records: Sequence[Record]) -> list[PresentedRecord]:
        family.look_ahead(records)
        return present_rows(app, records, ANYBODY)

    columns = [*columns_of(kinds, ANYBODY, app.zone), *family.columns(record_type)]
    return export_file(kind, f"{slug}-{record_type}", columns, exported_rows(session, query, keys, present))
