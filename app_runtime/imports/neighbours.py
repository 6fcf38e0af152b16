"""Likely duplicates: near by, at about the same time, of the same kind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from math import floor
from typing import Any

from sqlalchemy import and_, or_, select

from app_catalog.definitions.model import RecordType
from app_catalog.definitions.places import metres_between
from app_runtime.imports.drafts import Draft
from app_runtime.imports.places import Point
from app_runtime.records.models import Record
from app_runtime.records.nearby import METRES_PER_DEGREE
from app_runtime.records.running_app import RunningApp

METRES = 50
"""Where the definition says nothing of duplicates."""
HOURS = 24

_Cell = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Neighbour:
    name: Any
    point: Point
    at: datetime
    same: tuple[Any, ...]


@dataclass
class Neighbourhood:
    """Records by place and time, read a day at a time as drafts ask for them, with those that this import makes."""

    app: RunningApp
    kind: RecordType
    _days: set[date] = field(default_factory=set)
    _cells: dict[_Cell, list[_Neighbour]] = field(default_factory=dict)

    def mark(self, drafts: Iterable[Draft], *, skip: bool) -> None:
        """Note on each draft which record or earlier line it probably repeats; with `skip` refuse it."""
        placed = [draft for draft in drafts if draft.point is not None and not draft.refused and not draft.skipped]
        self._read({moment.date() for draft in placed for moment in _span(_moment(draft))})
        for draft in placed:
            other = self._nearest(draft)
            if other is not None and skip:
                draft.refuse("same", other=other)
                continue
            if other is not None:
                draft.warn("duplicate", other=other)
            self._add(_Neighbour(_line_name(draft.line), _point(draft), _moment(draft), self._same(draft)))

    @property
    def _metres(self) -> int:
        return self.kind.duplicates.within if self.kind.duplicates else METRES

    @property
    def _fields(self) -> tuple[str, ...]:
        if self.kind.duplicates is not None:
            return self.kind.duplicates.same
        return tuple(spec.id for spec in self.kind.fields.values() if spec.type == "choice" and spec.required != "no")

    def _same(self, draft: Draft) -> tuple[Any, ...]:
        return tuple(draft.values.get(name) for name in self._fields)

    def _nearest(self, draft: Draft) -> Any:
        point, at, same = _point(draft), _moment(draft), self._same(draft)
        x, y = self._cell(point)
        best: tuple[float, Any] | None = None
        for cell in ((x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)):
            for one in self._cells.get(cell, ()):
                if one.same != same or abs(one.at - at) > timedelta(hours=HOURS):
                    continue
                metres = metres_between(point, one.point)
                if metres <= self._metres and (best is None or metres < best[0]):
                    best = (metres, one.name)
        return best[1] if best else None

    def _cell(self, point: Point) -> _Cell:
        """A square whose sides are no shorter than the distance, so that what is near lies in it or beside it."""
        north = self._metres / METRES_PER_DEGREE
        # One width for all rows, or their squares would not line up; it is wide enough up to 25 degrees of latitude.
        return floor(point[0] / (north / 0.9)), floor(point[1] / north)

    def _add(self, one: _Neighbour) -> None:
        self._cells.setdefault(self._cell(one.point), []).append(one)

    def _read(self, days: set[date]) -> None:
        missing = sorted(days - self._days)
        if not missing:
            return
        self._days |= days
        columns = [Record.data[name].astext for name in self._fields]
        query = select(Record.number, Record.place_lon, Record.place_lat, Record.created_at, *columns).where(
            Record.tenant_id == self.app.installation.tenant_id,
            Record.installation_id == self.app.installation.id,
            Record.record_type == self.kind.id,
            Record.place_lon.is_not(None),
            Record.place_lat.is_not(None),
            or_(*(and_(Record.created_at >= first, Record.created_at < after) for first, after in _ranges(missing))),
        )
        for number, lon, lat, at, *same in self.app.session.execute(query):
            self._add(_Neighbour(number or "?", (lon, lat), at, tuple(same)))


def _line_name(line: int) -> dict[str, str]:
    return {"id": f"baris {line}", "en": f"line {line}"}


def _ranges(days: list[date]) -> Iterable[tuple[datetime, datetime]]:
    """Days as ranges of instants, those that follow each other joined."""
    first = last = days[0]
    for day in [*days[1:], None]:
        if day is not None and day == last + timedelta(days=1):
            last = day
            continue
        yield datetime.combine(first, time(), UTC), datetime.combine(last + timedelta(days=1), time(), UTC)
        if day is not None:
            first = last = day


def _span(at: datetime) -> tuple[datetime, datetime, datetime]:
    reach = timedelta(hours=HOURS)
    return at - reach, at, at + reach


def _moment(draft: Draft) -> datetime:
    assert draft.created_at is not None
    return draft.created_at


def _point(draft: Draft) -> Point:
    assert draft.point is not None
    return draft.point
