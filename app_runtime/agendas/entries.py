"""What stands in a calendar between two days, for one reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_

from app_catalog.definitions.model import RecordType
from app_catalog.definitions.model.charts import DATED_ATTRIBUTES
from app_catalog.definitions.model.filters import Condition, Where
from app_runtime.filtering.clauses import where_clause
from app_runtime.indexing.using import Usable, usable_indexes
from app_runtime.pages.browsing import Row, row_of
from app_runtime.pages.opening import OpenPage
from app_runtime.records.listing import list_matching, present_rows
from app_runtime.records.models import Record
from app_runtime.records.permissions import rows_predicate
from app_runtime.records.pinned import by_own_kind
from app_runtime.records.presenting import PresentedRecord
from lumbung.i18n import show_time

MOST = 500
"""The most entries of one answer, the earliest."""
_COLUMNS: Mapping[str, Any] = {"created_at": Record.created_at, "closed_at": Record.closed_at, "due": Record.due_at}


@dataclass(frozen=True, slots=True)
class Entry:
    """A record on its day, in the municipality's time; `at` is None for a whole day."""

    day: date
    at: datetime | None
    row: Row
    changed_at: datetime

    @property
    def clock(self) -> str:
        """The time of the day as the reader writes it; empty for a whole day."""
        return show_time(f"{self.at:%H:%M}") if self.at else ""


def entries_between(opened: OpenPage, first: date, last: date, filters: Mapping[str, str]) -> list[Entry]:
    """The entries from the first to the last day, both included, in the order of time; at most `MOST`."""
    app, name = opened.app, opened.page.date or ""

    def within(kind: RecordType) -> ColumnElement[bool]:
        rows = rows_predicate(kind, opened.reader, needing=frozenset({name}))
        if usable is not None:
            # Entries hold nothing of what a version keeps private or does not know.
            return rows
        return and_(rows, where_clause(app, kind, Where((_between(kind, name, first, last, opened),))))

    query = list_matching(app, opened.record_type.id, opened.reader, filters)
    order: Sequence[Any] = (_COLUMNS[name] if name in _COLUMNS else Record.data[name].astext, Record.id)
    usable = _usable(opened, name)
    if usable is not None:
        span = _between(opened.record_type, name, first, last, opened)
        query = usable.between(query, name, span.min, span.max)
        order = (usable.column(name), *(usable.made() or ()))
    kinds = app.kinds(opened.record_type.id)
    rows = app.session.scalars(query.where(by_own_kind(kinds, within)).order_by(*order).limit(MOST)).all()
    shown = present_rows(app, rows, opened.reader, columns=(*opened.page.columns, name))
    found = [
        entry
        for record, presented in zip(rows, shown, strict=True)
        if (entry := _entry(opened, record, presented)) is not None and first <= entry.day <= last
    ]
    return sorted(found, key=lambda entry: (entry.day, entry.at is not None, entry.at or entry.changed_at))


def _usable(opened: OpenPage, name: str) -> Usable | None:
    """The index over the calendar's date, when it is whole and the date is of one type in all versions."""
    kinds = opened.app.kinds(opened.record_type.id)
    types = {kind.fields[name].type for _, kind in kinds if name in kind.fields}
    usable = usable_indexes(opened.app, opened.record_type.id, [name])
    return usable if types == {usable.types.get(name)} else None


def _between(kind: RecordType, name: str, first: date, last: date, opened: OpenPage) -> Condition:
    field = kind.fields.get(name)
    if field is not None and field.type == "date":
        return Condition(name, (), first.isoformat(), last.isoformat())
    zone = opened.app.zone
    begins = datetime.combine(first, time.min, zone)
    ends = datetime.combine(last + timedelta(days=1), time.min, zone) - timedelta(microseconds=1)
    return Condition(name, (), begins.isoformat(), ends.isoformat())


def _entry(opened: OpenPage, record: Record, presented: PresentedRecord) -> Entry | None:
    name = opened.page.date or ""
    value = _value(presented, name)
    if value is None:
        return None
    others = [column for column in opened.page.columns if column != name]
    row = row_of(opened, presented, others)
    if isinstance(value, datetime):
        local = value.astimezone(opened.app.zone)
        return Entry(local.date(), local, row, record.updated_at)
    return Entry(value, None, row, record.updated_at)


def _value(presented: PresentedRecord, name: str) -> date | datetime | None:
    field = presented.field(name)
    if field is not None:
        text = str(field.value)
        return datetime.fromisoformat(text) if field.type == "datetime" else date.fromisoformat(text[:10])
    if name not in DATED_ATTRIBUTES:
        return None
    found: datetime | None = presented.due_at if name == "due" else getattr(presented, name)
    return found


def days_of(entries: Sequence[Entry]) -> dict[date, list[Entry]]:
    """The entries by day."""
    found: dict[date, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.day, []).append(entry)
    return found
