"""What a chart comes to: one statement for each, over the rows and fields that the reader reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Date, DateTime, Numeric, and_, case, cast, false, func, null, select

from app_catalog.definitions.model import RecordType
from app_catalog.definitions.model.charts import DATED_ATTRIBUTES, DATED_TYPES, Chart
from app_runtime.dashboards.periods import Window, window_around
from app_runtime.pages.opening import OpenPage
from app_runtime.records.models import Record
from app_runtime.records.permissions import rows_predicate
from app_runtime.records.pinned import by_own_kind
from lumbung.db import now

MOST_GROUPS = 200
"""Groups that are told apart: those with the largest values. What is left over is read as one."""
_NUMBER = r"^-?[0-9]+(\.[0-9]+)?$"
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T"
_COLUMNS: Mapping[str, Any] = {
    "state": Record.state,
    "agency": Record.agency_id,
    "open": Record.open,
    "overdue": Record.overdue,
    "checked": Record.checked,
    "published": Record.published,
    "created_at": Record.created_at,
    "closed_at": Record.closed_at,
    "due": Record.due_at,
}
Key = Any
"""What a group is told by: an id, an option, a truth, or the first day of a period; None for no value."""


@dataclass(frozen=True, slots=True)
class Share:
    """What `groups` groups have together: so many rows, and the sum of their numbers (0 where rows are counted)."""

    groups: int = 0
    rows: int = 0
    total: Decimal | int = 0

    def __add__(self, other: Share) -> Share:
        return Share(self.groups + other.groups, self.rows + other.rows, self.total + other.total)

    def value(self, measure: str) -> Decimal | int:
        """What a chart of this measure (`count`, `sum` or `average`) shows for it; of some rows."""
        if measure == "count":
            return self.rows
        return self.total if measure == "sum" else self.total / Decimal(self.rows)


@dataclass(frozen=True, slots=True)
class Reckoned:
    """The value of each group; a chart without groups has one, under None. `window` are the periods of one over
    time; any other chart by groups has their `shares`, and what all groups that are not among them have in `rest`."""

    values: Mapping[Key, Decimal | int]
    window: Window | None = None
    shares: Mapping[Key, Share] = field(default_factory=dict)
    rest: Share = Share()


def reckon(opened: OpenPage, chart: Chart) -> Reckoned:
    """The values of a chart for the page's reader."""
    app = opened.app
    kind = app.record_type(chart.record)
    needing = frozenset(
        name for name in (chart.by, chart.number, "state" if chart.only is not None else None) if name is not None
    )

    def readable(one: RecordType) -> ColumnElement[bool]:
        if any(one.fields[name].private for name in needing if name in one.fields):
            return false()
        return rows_predicate(one, opened.reader, needing=needing)

    rows: list[ColumnElement[bool]] = [
        Record.tenant_id == app.installation.tenant_id,
        Record.installation_id == app.installation.id,
        Record.record_type == chart.record,
        by_own_kind(app.kinds(chart.record), readable),
    ]
    if chart.only is not None:
        rows.append(Record.state.in_(chart.only))
    measured = _measured(chart)
    if chart.number is not None:
        rows.append(_number(chart.number).is_not(None))
    if chart.by is None:
        value = app.session.scalar(select(measured).select_from(Record).where(*rows))
        return Reckoned({} if value is None else {None: value})
    window = _window(opened, kind, chart)
    group = _group(opened, kind, chart.by, window)
    if window is not None:
        rows.append(_within(opened, kind, chart.by, window))
        # There are no more groups than periods.
        found = app.session.execute(select(group, measured).select_from(Record).where(*rows).group_by(group))
        return Reckoned({key: value for key, value in found if value is not None}, window)
    return _largest(opened, chart, group, rows)


def _largest(
    opened: OpenPage, chart: Chart, group: ColumnElement[Any], rows: Sequence[ColumnElement[bool]]
) -> Reckoned:
    """The groups with the largest values, and the others as one."""
    total = func.sum(_number(chart.number)) if chart.number is not None else cast(null(), Numeric)
    grouped = (
        select(group.label("key"), func.count().label("rows"), total.label("total"), _measured(chart).label("value"))
        .select_from(Record)
        .where(*rows)
        .group_by(group)
        .subquery()
    )
    place = func.row_number().over(order_by=(grouped.c.value.desc(), grouped.c.key))
    ranked = select(grouped, func.least(place, MOST_GROUPS + 1).label("place")).subquery()
    own = case((ranked.c.place <= MOST_GROUPS, ranked.c.key), else_=None)
    found = opened.app.session.execute(
        select(own, ranked.c.place, func.count(), func.sum(ranked.c.rows), func.sum(ranked.c.total))
        .group_by(own, ranked.c.place)
        .order_by(ranked.c.place)
    )
    shares, rest = dict[Key, Share](), Share()
    for key, at, groups, many, summed in found:
        share = Share(groups, int(many), summed if summed is not None else 0)
        if at <= MOST_GROUPS:
            shares[key] = share
        else:
            rest = share
    return Reckoned({key: share.value(chart.measure) for key, share in shares.items()}, shares=shares, rest=rest)


def is_dated(kind: RecordType, name: str) -> bool:
    """Whether groups by this name are periods of time."""
    field = kind.fields.get(name)
    return field.type in DATED_TYPES if field is not None else name in DATED_ATTRIBUTES


def _measured(chart: Chart) -> ColumnElement[Any]:
    if chart.number is None:
        return func.count()
    number = _number(chart.number)
    return func.sum(number) if chart.measure == "sum" else func.avg(number)


def _number(name: str) -> ColumnElement[Any]:
    stored: ColumnElement[Any] = Record.data[name].astext
    return case((stored.op("~")(_NUMBER), cast(stored, Numeric)), else_=None)


def _window(opened: OpenPage, kind: RecordType, chart: Chart) -> Window | None:
    if chart.unit is None or chart.by is None or not is_dated(kind, chart.by):
        return None
    today = now().astimezone(opened.app.zone).date()
    return window_around(chart.unit, today, ahead=chart.by not in ("created_at", "closed_at"))


def _group(opened: OpenPage, kind: RecordType, name: str, window: Window | None) -> ColumnElement[Any]:
    if window is not None:
        return cast(func.date_trunc(window.unit, cast(_day(opened, kind, name), DateTime)), Date)
    field = kind.fields.get(name)
    if field is None:
        column: ColumnElement[Any] = _COLUMNS[name]
        return column
    stored: ColumnElement[Any] = Record.data[name].astext
    # A box that nobody ticked is not stored.
    return func.coalesce(stored, "false") if field.type == "boolean" else stored


def _day(opened: OpenPage, kind: RecordType, name: str) -> ColumnElement[Any]:
    """The day of a date, by the municipality's calendar."""
    field = kind.fields.get(name)
    zone = opened.app.municipality.timezone
    if field is None:
        return cast(func.timezone(zone, _COLUMNS[name]), Date)
    stored: ColumnElement[Any] = Record.data[name].astext
    if field.type == "date":
        return case((stored.op("~")(_DAY), cast(stored, Date)), else_=None)
    return case((stored.op("~")(_MOMENT), cast(func.timezone(zone, cast(stored, DateTime(timezone=True))), Date)))


def _within(opened: OpenPage, kind: RecordType, name: str, window: Window) -> ColumnElement[bool]:
    if name in kind.fields:
        day = _day(opened, kind, name)
        return and_(day >= window.first, day < window.end)
    column = _COLUMNS[name]
    return and_(column >= _midnight(opened, window.first), column < _midnight(opened, window.end))


def _midnight(opened: OpenPage, day: date) -> datetime:
    return datetime.combine(day, time.min, opened.app.zone)
