"""Lists and maps of published records: filters, search, pages, points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for
from sqlalchemy import or_

from app_catalog.definitions.model import WRITTEN
from app_catalog.definitions.schemas.niks import find_digits
from app_runtime.joining.services import count_joined, may_be_joined
from app_runtime.pages.filters import Filter, Query, chosen_values, page_filters
from app_runtime.pages.legends import map_legend, told
from app_runtime.pages.opening import OpenPage
from app_runtime.records.listing import list_matching, list_records, present_rows
from app_runtime.records.models import Record
from app_runtime.records.presenting import PresentedRecord
from app_runtime.records.running_app import RunningApp
from lumbung.db import now
from lumbung.errors import BadRequest
from lumbung.i18n import show_datetime, t

PAGE_SIZE = 20
SITE_SIZE = 6
MOST_POINTS = 2_000
MOST_LINES = 200
_FARTHEST_BACK = 12
_APART = frozenset({"files", "point"}) | WRITTEN


@dataclass(frozen=True)
class Row:
    """One record of a list, in words."""

    href: str
    record: PresentedRecord
    late: bool
    due: str
    meta: list[str]


@dataclass(frozen=True)
class Found:
    """What a list or map page shows."""

    filters: list[Filter]
    search: str
    filtered: bool
    rows: list[Row]
    older: str | None = None
    newer: str | None = None
    sorts: Sequence[tuple[str, str]] = ()
    sort: str = ""
    exports: Mapping[str, str] = field(default_factory=dict)
    points_url: str = ""
    legend: Sequence[tuple[str, str]] = ()


def searched(query: Query) -> str:
    """The words that are searched for."""
    words = " ".join(query.get("q", "").split())[:100]
    # A NIK is looked for elsewhere, and what stands in an address already goes no further.
    return "" if find_digits(words) is not None else words


def browse_site(opened: OpenPage, query: Query) -> Found:
    """A page of articles, the newest first unless the page sorts them. Raises BadRequest for a cursor that is none."""
    return browse_records(opened, query, sort=opened.page.sort, columns=opened.page.columns, size=SITE_SIZE)


def browse_map(opened: OpenPage, query: Query) -> Found:
    """The list beside the map, and where the map's points come from."""
    found = browse_records(opened, query, sort=(), columns=opened.page.popup)
    chosen = {one.name: one.value for one in found.filters if one.value}
    url = address_of(chosen, url_for("pages.points", slug=opened.slug, page_id=opened.page.id))
    return replace(found, points_url=url, legend=map_legend(opened.record_type))


def map_geojson(opened: OpenPage, query: Query) -> dict[str, Any]:
    """Up to 2,000 points: open ones first, the newest first; `bbox=west,south,east,north` narrows them.

    Raises BadRequest for a box that is none.
    """
    app = opened.app
    chosen = chosen_values(page_filters(opened, query))
    rows = list_matching(app, opened.record_type.id, opened.reader, chosen).where(Record.place_lon.is_not(None))
    if box := query.get("bbox"):
        west, south, east, north = _box(box)
        rows = rows.where(Record.place_lon.between(west, east), Record.place_lat.between(south, north))
    newest = rows.order_by(Record.open.desc(), Record.created_at.desc(), Record.id.desc()).limit(MOST_POINTS)
    records = app.session.scalars(newest).all()
    shown = opened.page.popup
    features = [
        _feature(opened, record, shown)
        for record in present_rows(app, records, opened.reader)
        if record.place is not None
    ]
    features += _lines(opened, chosen, shown) if "bbox" not in query else []
    return {"type": "FeatureCollection", "features": features}


def _lines(opened: OpenPage, chosen: Mapping[str, str], shown: Sequence[str]) -> list[dict[str, Any]]:
    """The lines of fields of type `path` among what the map shows, the newest first, at most `MOST_LINES`."""
    names = [
        name for name in shown if name in opened.record_type.fields and opened.record_type.fields[name].type == "path"
    ]
    if not names:
        return []
    rows = list_matching(opened.app, opened.record_type.id, opened.reader, chosen)
    drawn = rows.where(or_(*(Record.data.has_key(name) for name in names)))
    records = opened.app.session.scalars(
        drawn.order_by(Record.created_at.desc(), Record.id.desc()).limit(MOST_LINES)
    ).all()
    return [
        _feature(opened, record, shown, {"type": "LineString", "coordinates": line.value})
        for record in present_rows(opened.app, records, opened.reader, columns=shown)
        for line in record.paths
    ]


def is_late(record: PresentedRecord) -> bool:
    """Whether a record has the red mark: said by the platform, or to be seen from a deadline that has passed."""
    if record.overdue is not None:
        return record.overdue
    return record.due_at is not None and record.due_at <= now()


def due_text(app: RunningApp, record: PresentedRecord) -> str:
    """The next deadline in words, in the municipality's time; empty without one."""
    if record.due_at is None:
        return ""
    when = show_datetime(record.due_at, app.municipality.timezone)
    return t("Tenggat {when}", "Due {when}", when=when)


def record_url(opened: OpenPage, record: PresentedRecord) -> str:
    """Where a record is shown: in public, or to officials at their work."""
    if opened.reader.is_member:
        return f"/work/{record.id}"
    return url_for("pages.record", slug=record.app, record_type=record.record_type, record_id=record.id)


def browse_records(
    opened: OpenPage,
    query: Query,
    *,
    sort: Sequence[Any],
    columns: Sequence[str],
    size: int = PAGE_SIZE,
    kept_sort: str = "",
) -> Found:
    """A page of rows in this order; raises BadRequest for a cursor that is none. `kept_sort` is what its links ask for
    again."""
    app = opened.app
    filters = page_filters(opened, query)
    search = searched(query)
    back = [cursor for cursor in query.get("back", "").split("~") if cursor][-_FARTHEST_BACK:]
    cursor = query.get("cursor") or None
    found = list_records(
        app.session,
        app.installation,
        opened.reader,
        opened.record_type.id,
        filters=chosen_values(filters),
        sort=sort,
        cursor=cursor,
        limit=size,
        search=search,
        columns=columns,
    )
    kept: dict[str, str] = {
        **{one.name: one.value for one in filters if one.value},
        **({"q": search} if search else {}),
    }
    filtered = bool(kept)
    kept |= {"sort": kept_sort} if kept_sort else {}
    older = newer = None
    if found.next_cursor:
        older = address_of({**kept, "cursor": found.next_cursor, "back": "~".join([*back, cursor or "-"])})
    if cursor:
        last = back[-1] if back else "-"
        rest = {"back": "~".join(back[:-1])} if len(back) > 1 else {}
        newer = address_of({**kept, **({} if last == "-" else {"cursor": last, **rest})})
    rows = [row_of(opened, record, columns) for record in found.items]
    if may_be_joined(opened.record_type):
        joined = count_joined(app.session, [record.id for record in found.items])
        rows = [
            replace(row, meta=[*row.meta, t("{n} orang juga", "{n} joined", n=joined[row.record.id])])
            if row.record.id in joined
            else row
            for row in rows
        ]
    return Found(filters, search, filtered, rows, older, newer)


def address_of(query: Mapping[str, str], path: str = "") -> str:
    """An address with these questions, of the same page without a `path`."""
    return (path or request.path) + (f"?{urlencode(query)}" if query else "")


def row_of(opened: OpenPage, record: PresentedRecord, columns: Sequence[str]) -> Row:
    """A record as one of many: where it is shown, whether it is late, and its columns in words."""
    kind = opened.record_type
    meta = []
    for name in columns:
        field = record.field(name)
        if name == "agency":
            meta.append(record.agency_name)
        elif name == "created_at" and record.created_at is not None:
            meta.append(show_datetime(record.created_at, opened.app.municipality.timezone))
        elif field is not None and field.type not in _APART and field.text != record.title:
            meta.append(told(field))
    late = is_late(record)
    shown = kind.workflow is None or record.open is not False
    return Row(record_url(opened, record), record, late, due_text(opened.app, record) if shown else "", meta)


def _feature(
    opened: OpenPage, record: PresentedRecord, shown: Sequence[str], geometry: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """A record on the map: at its place, or along the line that is given."""
    if geometry is None:
        assert record.place is not None
        geometry = {"type": "Point", "coordinates": [round(part, 6) for part in record.place]}
    late = is_late(record)
    return {
        "type": "Feature",
        "geometry": geometry,
        "properties": {
            "title": record.title,
            "number": record.number if "number" in shown else None,
            "state": record.state_label if "state" in shown else None,
            "tone": record.state_tone,
            "due": due_text(opened.app, record) if "due" in shown else None,
            "overdue": late,
            "href": record_url(opened, record),
        },
    }


def _box(text: str) -> tuple[float, float, float, float]:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise BadRequest from error
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise BadRequest
    return west, south, east, north
