"""Which deadlines of running records would move if they were moved to another version.

Spans are evaluated once for each combination of the fields that a clock names, not for each record; whether a deadline
would have passed already is asked of the database by the latest start whose deadline has passed. Each record's deadline
is reckoned only where that says nothing: between working days and calendar days the holidays after its own start decide
which is earlier, and a clock that stood still has its own pauses.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Float, Text, and_, func, or_, select, true, values
from sqlalchemy.sql import column

from app_catalog.definitions.model import Clock, Definition, RecordType
from app_catalog.definitions.settings_values import effective_settings
from app_catalog.installations.models import Installation
from app_runtime.clocks.running import FINISHED
from app_runtime.clocks.spans import parse_span
from app_runtime.records.models import Record, RecordClock
from app_runtime.records.running_app import RunningApp, running_app
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from tenants.calendars.working_time import Pause

MOST_COMBINATIONS = 2_000
_NAMED = re.compile(r"\brecord\.([A-Za-z_][A-Za-z0-9_]*)")
_LONG_AGO = timedelta(days=3_650)
_AT_ONCE = 2_000
_NEVER = datetime.min.replace(tzinfo=UTC)
_SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class DeadlineFinding:
    """A clock whose deadlines would move for records that are moved from a version.

    `earlier` and `later` count running records, `red` those whose deadline would have passed already. `untold` counts
    records for which it cannot be told beforehand.
    """

    digest: str
    version: str
    record_type: str
    clock: str
    label: Mapping[str, str]
    earlier: int
    later: int
    red: int
    untold: int = 0


@dataclass(frozen=True, slots=True)
class _Side:
    """One version's rules for a clock."""

    app: RunningApp
    kind: RecordType
    clock: Clock

    def span(self, given: Mapping[str, str]) -> str | None:
        """The span for records with these values; None when it cannot be told."""
        scope = self.app.scope(dict(given))
        outcome = self.app.evaluator.evaluate(self.clock.within, scope)
        try:
            parse_span(str(outcome.value))
        except ValueError:
            return None
        return None if outcome.error is not None else str(outcome.value)

    def due(self, start: datetime, span: str, pauses: Sequence[Pause] = ()) -> datetime:
        office = self.clock.time == "working"
        return self.app.calendar.due(start, parse_span(span), pauses=pauses, office_hours=office)

    def counts(self, span: str) -> str:
        """What time the clock counts with such a span: of two that count the same, one is always the shorter."""
        return "working days" if parse_span(span).working_days else self.clock.time


def find_deadlines(
    session: AnySession,
    installation: Installation,
    kept: Mapping[str, Definition],
    after: Definition,
    own: Mapping[str, Any],
) -> Iterator[DeadlineFinding]:
    """The clocks of running records whose deadlines would move, by the version that the records are on; `own` are the
    municipality's own values under the new version."""
    target = RunningApp(session, installation, after, effective_settings(after, own))
    for digest, definition in kept.items():
        app = running_app(session, installation, digest=digest)
        for record_type, kind in definition.records.items():
            new_kind = after.records.get(record_type)
            for clock in kind.clocks.values() if new_kind else ():
                new_clock = new_kind.clocks.get(clock.id) if new_kind else None
                if new_kind is None or new_clock is None:
                    continue
                finding = _compare(digest, _Side(app, kind, clock), _Side(target, new_kind, new_clock))
                if finding is not None:
                    yield finding


def _compare(digest: str, old: _Side, new: _Side) -> DeadlineFinding | None:
    named = sorted({*_NAMED.findall(old.clock.within.source), *_NAMED.findall(new.clock.within.source)})
    groups = _Groups(digest, old, named)
    counted = groups.count()
    if counted is None:
        return groups.finding(untold=groups.total())
    earlier = later = untold = red = 0
    thresholds: dict[str, datetime] = {}
    afters: dict[str, str] = {}
    mixed: set[str] = set()
    spans = _Spans(old, new, now())
    for key, count in counted.items():
        given = groups.given(key)
        before, after = old.span(given), new.span(given)
        if before is None or after is None:
            untold += count
            continue
        if old.counts(before) != new.counts(after):
            afters[key] = after
            mixed.add(key)
            continue
        shift = spans.shift(before, after)
        if not shift:
            continue
        earlier, later = (earlier + count, later) if shift < timedelta(0) else (earlier, later + count)
        thresholds[key], afters[key] = spans.latest_start(after), after
    for row in groups.one_by_one(thresholds, mixed):
        due = spans.due(afters[row.key], row.started_at, row.pauses)
        if row.key in mixed:
            earlier, later = earlier + (due < row.due_at), later + (due > row.due_at)
        red += row.counting and due <= spans.moment and due != row.due_at
    return groups.finding(earlier=earlier, later=later, red=red + groups.count_red(thresholds), untold=untold)


class _Spans:
    """What spans come to from one moment on; many combinations of values come to the same few."""

    def __init__(self, old: _Side, new: _Side, moment: datetime) -> None:
        self._old, self._new, self.moment = old, new, moment
        self._shifts: dict[tuple[str, str], timedelta] = {}
        self._days: dict[tuple[str, date], datetime] = {}
        self._starts: dict[str, datetime] = {}

    def shift(self, before: str, after: str) -> timedelta:
        """How much later a deadline falls by the new span; nothing when both are the same."""
        if (before, self._old.clock.time) == (after, self._new.clock.time):
            return timedelta(0)
        if (before, after) not in self._shifts:
            was, will_be = self._old.due(self.moment, before), self._new.due(self.moment, after)
            self._shifts[before, after] = will_be - was
        return self._shifts[before, after]

    def due(self, span: str, start: datetime, pauses: Sequence[Sequence[str]]) -> datetime:
        """When a clock of the new version that began at `start` and stood still in `pauses` runs out."""
        stood = [Pause(datetime.fromisoformat(begin), datetime.fromisoformat(end)) for begin, end in pauses]
        if stood or self._new.counts(span) != "working days":
            return self._new.due(start, span, stood)
        # Working days begin with the day after that of the start, whatever its hour.
        day = span, start.astimezone(self._new.app.zone).date()
        if day not in self._days:
            self._days[day] = self._new.due(start, span)
        return self._days[day]

    def latest_start(self, span: str) -> datetime:
        """The latest start whose deadline has passed by now, to the second: a later start is never due earlier."""
        if span not in self._starts:
            self._starts[span] = self._search(span)
        return self._starts[span]

    def _search(self, span: str) -> datetime:
        low, high = self.moment - _LONG_AGO, self.moment
        if self._new.due(low, span) > self.moment:
            return low - timedelta(days=1)
        while high - low > timedelta(seconds=1):
            middle = low + (high - low) / 2
            if self._new.due(middle, span) <= self.moment:
                low = middle
            else:
                high = middle
        return low


class _Groups:
    """Running clocks of one version and type, grouped by the values that their spans depend on."""

    def __init__(self, digest: str, side: _Side, named: list[str]) -> None:
        self._digest, self._side, self._named = digest, side, named
        self._session = side.app.session

    def given(self, key: str) -> dict[str, str]:
        """The values that a key stands for; empty ones are absent."""
        pairs = zip(self._named, key.split(_SEPARATOR), strict=False) if self._named else ()
        return {name: value for name, value in pairs if value}

    def count(self) -> dict[str, int] | None:
        """How many running clocks there are by key; None when there are too many keys to tell."""
        if any(name not in self._side.kind.fields or self._side.kind.fields[name].private for name in self._named):
            return None
        key = self._key().label("key")
        rows = self._session.execute(
            select(key, func.count())
            .select_from(Record)
            .join(RecordClock, self._joined())
            .where(*self._where())
            .group_by(key)
            .limit(MOST_COMBINATIONS + 1)
        ).all()
        return None if len(rows) > MOST_COMBINATIONS else {row[0]: row[1] for row in rows}

    def total(self) -> int:
        """All running clocks."""
        query = select(func.count()).select_from(Record).join(RecordClock, self._joined()).where(*self._where())
        return self._session.scalar(query) or 0

    def count_red(self, thresholds: Mapping[str, datetime]) -> int:
        """Clocks that are not red yet, began no later than their key's threshold, and never stood still."""
        if not thresholds:
            return 0
        told = values(column("key", Text), column("latest", Float), name="told").data(
            [(key, moment.timestamp()) for key, moment in thresholds.items()]
        )
        query = (
            select(func.count())
            .select_from(Record)
            .join(RecordClock, self._joined())
            .join(told, told.c.key == self._key())
            .where(
                *self._where(),
                RecordClock.breached_at.is_(None),
                RecordClock.paused_at.is_(None),
                func.jsonb_array_length(RecordClock.pauses) == 0,
                func.extract("epoch", RecordClock.started_at) <= told.c.latest,
            )
        )
        return self._session.scalar(query) or 0

    def one_by_one(self, thresholds: Mapping[str, datetime], mixed: Collection[str]) -> Iterable[Any]:
        """Each clock with one of the `mixed` keys, and each that stood still and may have run out."""
        if not (mixed or thresholds):
            return []
        key = self._key()
        stood = func.jsonb_array_length(RecordClock.pauses) > 0
        began = RecordClock.started_at <= max(thresholds.values(), default=_NEVER)
        chosen = or_(key.in_(list(mixed)), and_(key.in_(list(thresholds)), stood, began))
        return self._session.execute(
            select(
                key.label("key"),
                RecordClock.started_at,
                RecordClock.due_at,
                RecordClock.pauses,
                and_(RecordClock.breached_at.is_(None), RecordClock.paused_at.is_(None)).label("counting"),
            )
            .select_from(Record)
            .join(RecordClock, self._joined())
            .where(*self._where(), chosen)
            .execution_options(yield_per=_AT_ONCE)
        )

    def finding(self, *, earlier: int = 0, later: int = 0, red: int = 0, untold: int = 0) -> DeadlineFinding | None:
        """What was found; None when it touches no record."""
        if not (earlier or later or untold):
            return None
        clock, app = self._side.clock, self._side.app
        return DeadlineFinding(
            self._digest,
            app.definition.version,
            self._side.kind.id,
            clock.id,
            dict(clock.label),
            earlier,
            later,
            red,
            untold,
        )

    def _key(self) -> ColumnElement[str]:
        parts = [func.coalesce(Record.data[name].astext, "") for name in self._named]
        return func.concat_ws(_SEPARATOR, *parts) if parts else func.concat("")

    def _joined(self) -> ColumnElement[bool]:
        return and_(RecordClock.tenant_id == Record.tenant_id, RecordClock.record_id == Record.id)

    def _where(self) -> tuple[ColumnElement[bool], ...]:
        installation = self._side.app.installation
        return (
            Record.tenant_id == installation.tenant_id,
            Record.installation_id == installation.id,
            Record.record_type == self._side.kind.id,
            Record.definition_digest == self._digest,
            Record.open == true(),
            RecordClock.clock == self._side.clock.id,
            RecordClock.state.not_in(FINISHED),
        )
