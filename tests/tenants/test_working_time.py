"""The calendar against a second reckoning, written the slow and plain way: it looks at every five minutes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tenants.calendars.span import Span
from tenants.calendars.working_time import Pause
from tests.tenants.calendar_of_2026 import HOLIDAYS, ZONES, calendar

STEP = timedelta(minutes=5)
OFFSETS = {"Asia/Jakarta": 7, "Asia/Makassar": 8, "Asia/Jayapura": 9}


@dataclass(frozen=True)
class PlainModel:
    """Minute-stepping on naive local time with a fixed offset; shares no code with the calendar."""

    offset: int

    def local(self, at: datetime) -> datetime:
        return at.astimezone(UTC).replace(tzinfo=None) + timedelta(hours=self.offset)

    def instant(self, local: datetime) -> datetime:
        return (local - timedelta(hours=self.offset)).replace(tzinfo=UTC)

    def open_at(self, local: datetime) -> bool:
        day, minute = local.date(), local.hour * 60 + local.minute
        if day in (date(2026, 3, 28),):
            return 450 <= minute < 720
        if day != date(2026, 12, 24) and (day in HOLIDAYS or day.isoweekday() > 5):
            return False
        if day.isoweekday() == 5:
            return 450 <= minute < 690 or 780 <= minute < 990
        return 450 <= minute < 720 or 780 <= minute < 960

    def steps(self, start: datetime) -> Iterator[datetime]:
        at = self.local(start)
        while True:
            yield at
            at += STEP

    def working_day_end(self, start: datetime, days: int) -> datetime:
        today, closed_at = self.local(start).date(), None
        counted: set[date] = set()
        for at in self.steps(start):
            if at.date() > today and self.open_at(at):
                counted.add(at.date())
                if len(counted) > days:
                    break
                closed_at = at + STEP
        assert closed_at is not None
        return self.instant(closed_at)

    def worked(self, start: datetime, end: datetime) -> timedelta:
        total = timedelta(0)
        for at in self.steps(start):
            if self.instant(at) >= end:
                return total
            if self.open_at(at):
                total += STEP
        raise AssertionError

    def due(self, start: datetime, span: Span, pauses: Sequence[Pause], *, office: bool, share: float = 1) -> datetime:
        if span.wall is not None:
            left, counts_from = span.wall, self.local(start)
        else:
            assert span.working_days is not None
            midnight = datetime.combine(self.local(start).date(), time.min) + timedelta(days=1)
            counts_from, office = midnight, True
            left = self.worked(self.instant(midnight), self.working_day_end(start, span.working_days))
        left *= share
        for at in self.steps(start):
            now = self.instant(at)
            paused = any(pause.start <= now < pause.end for pause in pauses)
            if at >= counts_from and not paused and (self.open_at(at) or not office):
                if left <= STEP:
                    return now + left
                left -= STEP
        raise AssertionError


def in_2026(max_day: int = 330) -> st.SearchStrategy[datetime]:
    steps = max_day * 24 * 12
    return st.integers(0, steps).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + n * STEP)


@st.composite
def spans(draw: st.DrawFn) -> Span:
    if draw(st.booleans()):
        return Span(working_days=draw(st.integers(1, 8)))
    return Span(wall=draw(st.integers(1, 600)) * STEP)


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, datetime, Span, list[Pause], bool]:
    start = draw(in_2026(300))
    pauses = []
    for _ in range(draw(st.integers(0, 4))):
        begins = start + draw(st.integers(-100, 2_000)) * STEP
        pauses.append(Pause(begins, begins + draw(st.integers(0, 1_500)) * STEP))
    return draw(st.sampled_from(ZONES)), start, draw(spans()), pauses, draw(st.booleans())


@settings(max_examples=150, deadline=None)
@given(zone=st.sampled_from(ZONES), start=in_2026(), days=st.integers(1, 9))
@example(zone="Asia/Jayapura", start=datetime(2026, 3, 17, 15, 0, tzinfo=UTC), days=1)
@example(zone="Asia/Jakarta", start=datetime(2026, 12, 23, 17, 0, tzinfo=UTC), days=1)
def test_working_days_end_where_plain_counting_says(zone: str, start: datetime, days: int) -> None:
    assert calendar(zone).add_working_days(start, days) == PlainModel(OFFSETS[zone]).working_day_end(start, days)


@settings(max_examples=100, deadline=None)
@given(zone=st.sampled_from(ZONES), start=in_2026(), steps=st.integers(0, 6_000))
def test_office_time_between_two_instants_is_what_plain_counting_says(zone: str, start: datetime, steps: int) -> None:
    end = start + steps * STEP
    worked = PlainModel(OFFSETS[zone]).worked(start, end)
    assert calendar(zone).working_time_between(start, end) == worked
    assert calendar(zone).working_seconds_between(start, end) == worked.total_seconds()


@settings(max_examples=200, deadline=None)
@given(case=cases())
def test_a_clock_with_pauses_is_due_when_plain_counting_says(
    case: tuple[str, datetime, Span, list[Pause], bool],
) -> None:
    zone, start, span, pauses, office = case
    due = calendar(zone).due(start, span, pauses=pauses, office_hours=office)
    assert due == PlainModel(OFFSETS[zone]).due(start, span, pauses, office=office)


@settings(max_examples=100, deadline=None)
@given(case=cases(), share=st.sampled_from([0.25, 0.5, 0.75]))
def test_a_share_of_a_clock_is_reached_when_plain_counting_says(
    case: tuple[str, datetime, Span, list[Pause], bool], share: float
) -> None:
    zone, start, span, pauses, office = case
    moment = calendar(zone).moment_at_share(start, span, share, pauses=pauses, office_hours=office)
    assert moment == PlainModel(OFFSETS[zone]).due(start, span, pauses, office=office, share=share)


@settings(max_examples=150, deadline=None)
@given(case=cases(), share=st.floats(0.01, 1))
def test_the_share_that_has_run_is_the_share_that_was_asked_for(
    case: tuple[str, datetime, Span, list[Pause], bool], share: float
) -> None:
    zone, start, span, pauses, office = case
    moment = calendar(zone).moment_at_share(start, span, share, pauses=pauses, office_hours=office)
    run = calendar(zone).share_run(start, span, moment, pauses=pauses, office_hours=office)
    assert run == pytest.approx(share, abs=1e-6)


@settings(max_examples=150, deadline=None)
@given(case=cases(), which=st.integers(0, 3), earlier=st.integers(0, 500), later=st.integers(0, 500))
def test_a_longer_pause_never_gives_an_earlier_due_time(
    case: tuple[str, datetime, Span, list[Pause], bool], which: int, earlier: int, later: int
) -> None:
    zone, start, span, pauses, office = case
    if not pauses:
        pauses = [Pause(start, start)]
    longer = list(pauses)
    changed = longer[which % len(longer)]
    longer[which % len(longer)] = Pause(changed.start - earlier * STEP, changed.end + later * STEP)
    before = calendar(zone).due(start, span, pauses=pauses, office_hours=office)
    assert calendar(zone).due(start, span, pauses=longer, office_hours=office) >= before
    assert before >= calendar(zone).due(start, span, office_hours=office)


@settings(max_examples=100, deadline=None)
@given(case=cases(), later=st.integers(0, 3_000))
def test_a_later_start_never_gives_an_earlier_due_time(
    case: tuple[str, datetime, Span, list[Pause], bool], later: int
) -> None:
    zone, start, span, _, office = case
    assert calendar(zone).due(start + later * STEP, span, office_hours=office) >= calendar(zone).due(
        start, span, office_hours=office
    )
