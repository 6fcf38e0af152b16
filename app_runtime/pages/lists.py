"""A list page: its orders, the files that it can be had as, and the statement behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import url_for
from sqlalchemy import Select

from app_catalog.definitions.model import SEVERAL, RecordType, SortKey
from app_catalog.definitions.model.indexes import NUMBERS, looked_up
from app_runtime.pages.browsing import Found, address_of, browse_records, searched
from app_runtime.pages.filters import Query, chosen_values, page_filters
from app_runtime.pages.opening import OpenPage
from app_runtime.records.listing import ordered_matching
from app_runtime.records.paging import Key
from app_runtime.records.permissions import fields_read_by
from lumbung.i18n import pick, t

SORTED_TYPES = NUMBERS | {"text", "date", "datetime", "time"}
"""Types whose order means something to people; that of choices is one of ids."""


def browse_list(opened: OpenPage, query: Query) -> Found:
    """A page of the list. Raises BadRequest for a cursor that is none."""
    offered, chosen = sort_options(opened), chosen_sort(opened, query)
    found = browse_records(opened, query, sort=chosen, columns=opened.page.columns, kept_sort=query.get("sort", ""))
    asked = {one.name: one.value for one in found.filters if one.value}
    asked |= {"q": found.search} if found.search else {}
    sort = query.get("sort", "") if query.get("sort", "") in dict(offered) else ""
    asked |= {"sort": sort} if sort else {}
    exports = {
        kind: address_of(asked, url_for("pages.export", slug=opened.slug, page_id=opened.page.id, kind=kind))
        for kind in export_kinds(opened.record_type)
    }
    return replace(found, sorts=offered, sort=sort, exports=exports)


def list_statement(opened: OpenPage, query: Query) -> tuple[Select[Any], list[Key]]:
    """All rows of the list as it is filtered, searched and sorted, with the keys of their order."""
    chosen = chosen_values(page_filters(opened, query))
    return ordered_matching(
        opened.app, opened.record_type.id, opened.reader, chosen, searched(query), chosen_sort(opened, query)
    )


def export_kinds(kind: RecordType) -> list[str]:
    """The files that a list of this type can be had as; a map only of what has a place."""
    placed = any(spec.type == "point" and not spec.private for spec in kind.fields.values())
    return ["csv", "xlsx", *(["geojson"] if placed else [])]


def sort_options(opened: OpenPage) -> list[tuple[str, str]]:
    """The orders to choose from: the page's own, by time, and by the fields that are looked up by themselves."""
    found = [("", t("Urutan biasa", "Usual order"))]
    readable = fields_read_by(opened.record_type, opened.reader.roles)
    if "created_at" in readable:
        found += [
            ("-created_at", t("Terbaru dahulu", "Newest first")),
            ("created_at", t("Terlama dahulu", "Oldest first")),
        ]
    for spec in looked_up(opened.app.definition, opened.record_type.id):
        if spec.id in readable and spec.type not in SEVERAL and spec.type in SORTED_TYPES:
            label = pick(spec.label)
            found.append((spec.id, t("{label}: naik", "{label}: ascending", label=label)))
            found.append((f"-{spec.id}", t("{label}: turun", "{label}: descending", label=label)))
    return found


def chosen_sort(opened: OpenPage, query: Query) -> Sequence[SortKey]:
    """The order that was chosen among those on offer, else the page's own."""
    asked = query.get("sort", "")
    if not asked or asked not in dict(sort_options(opened)):
        return opened.page.sort
    return (SortKey(asked.removeprefix("-"), descending=asked.startswith("-")),)
