"""The calendar against a second reckoning, written the slow and plain way: it looks at every five minutes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app_catalog.definitions.durations import parse_duration
from tenants.calendars.span import Span
from tenants.calendars.working_time import CalendarError, DayOff, OfficeHours, Pause, WorkingCalendar

STEP = timedelta(minutes=5)
MORNING = (time(7, 30), time(12, 0))
NORMAL: OfficeHours = (MORNING, (time(13, 0), time(16, 0)))
FRIDAY: OfficeHours = ((time(7, 30), time(11, 30)), (time(13, 0), time(16, 30)))
ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
OFFSETS = {"Asia/Jakarta": 7, "Asia/Makassar": 8, "Asia/Jayapura": 9}


def day_off(name: str) -> DayOff:
    return DayOff(name=name, kind="national", source="SKB Tiga Menteri 2026")


HOLIDAYS = {
    date(2026, month, day): day_off(name)
    for month, day, name in (
        (1, 1, "Tahun Baru Masehi"),
        (1, 16, "Isra Mikraj"),
        (2, 16, "Cuti Bersama Imlek"),
        (2, 17, "Tahun Baru Imlek"),
        (3, 18, "Cuti Bersama Nyepi"),
        (3, 19, "Hari Suci Nyepi"),
        (3, 20, "Cuti Bersama Idul Fitri"),
        (3, 21, "Idul Fitri"),
        (3, 22, "Idul Fitri"),
        (3, 23, "Cuti Bersama Idul Fitri"),
        (3, 24, "Cuti Bersama Idul Fitri"),
        (8, 17, "Hari Kemerdekaan"),
        (12, 24, "Cuti Bersama Natal"),
        (12, 25, "Hari Raya Natal"),
    )
}
WEEKLY = {0: NORMAL, 1: NORMAL, 2: NORMAL, 3: NORMAL, 4: FRIDAY}
MAKE_UP_DAYS = {date(2026, 3, 28): (MORNING,), date(2026, 12, 24): NORMAL}


def calendar(zone: str = "Asia/Jakarta") -> WorkingCalendar:
    return WorkingCalendar(zone=zone, weekly=WEEKLY, days_off=HOLIDAYS, extra_days=MAKE_UP_DAYS)


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


def jakarta(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Jakarta"))


@pytest.mark.parametrize(
    ("start", "span", "due"),
    [
        ("2026-01-05 08:00", "P3WD", "2026-01-08 16:00"),
        ("2026-01-05 23:59", "P3WD", "2026-01-08 16:00"),
        ("2026-01-06 00:00", "P3WD", "2026-01-09 16:30"),
        ("2026-01-10 10:00", "P1WD", "2026-01-12 16:00"),
        ("2026-03-17 08:00", "P1WD", "2026-03-25 16:00"),
        ("2026-03-27 08:00", "P1WD", "2026-03-28 12:00"),
        ("2026-12-23 08:00", "P2WD", "2026-12-28 16:00"),
        ("2026-01-05 08:00", "P0WD", "2026-01-05 08:00"),
        ("2026-01-05 08:00", "PT48H", "2026-01-07 08:00"),
        ("2026-01-09 15:00", "P3D", "2026-01-12 15:00"),
    ],
)
def test_known_deadlines_of_a_jakarta_office(start: str, span: str, due: str) -> None:
    assert calendar().due(jakarta(start), Span.parse(span)) == jakarta(due)


def test_the_day_of_receipt_is_the_day_of_the_municipality() -> None:
    start = datetime(2026, 1, 5, 16, 0, tzinfo=UTC)
    ends = {zone: calendar(zone).add_working_days(start, 1).astimezone(ZoneInfo(zone)) for zone in ZONES}
    assert [ends[zone].strftime("%d %H:%M") for zone in ZONES] == ["06 16:00", "07 16:00", "07 16:00"]


def test_hours_of_a_wall_span_count_only_in_the_office_when_asked() -> None:
    due = calendar().due(jakarta("2026-01-05 15:00"), Span.parse("PT2H"), office_hours=True)
    assert due == jakarta("2026-01-06 08:30")


def test_a_pause_shifts_a_wall_clock_by_the_paused_time() -> None:
    pause = Pause(jakarta("2026-01-05 10:00"), jakarta("2026-01-06 13:00"))
    due = calendar().due(jakarta("2026-01-05 08:00"), Span.parse("PT48H"), pauses=[pause])
    assert due == jakarta("2026-01-08 11:00")


def test_a_pause_shifts_working_days_by_the_office_time_that_was_missed() -> None:
    pause = Pause(jakarta("2026-01-06 15:00"), jakarta("2026-01-07 08:30"))
    due = calendar().due(jakarta("2026-01-05 08:00"), Span.parse("P2WD"), pauses=[pause])
    assert due == jakarta("2026-01-08 09:30")


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        ("2026-01-05 08:00", "2026-01-05 16:00"),
        ("2026-01-06 16:00", "2026-01-07 07:30"),
        ("2026-01-07 16:00", "2026-01-20 08:00"),
    ],
)
def test_a_pause_outside_the_clocks_own_time_costs_nothing(begins: str, ends: str) -> None:
    pause = Pause(jakarta(begins), jakarta(ends))
    due = calendar().due(jakarta("2026-01-05 08:00"), Span.parse("P2WD"), pauses=[pause])
    assert due == jakarta("2026-01-07 16:00")


def test_offices_that_close_at_midnight_are_open_until_the_day_ends() -> None:
    around = WorkingCalendar("Asia/Jakarta", {0: ((time(0), time(0)),)})
    assert around.add_working_days(jakarta("2026-01-04 10:00"), 1) == jakarta("2026-01-06 00:00")
    assert around.is_open(jakarta("2026-01-05 23:59"))
    assert not around.is_open(jakarta("2026-01-06 00:00"))


def test_a_day_off_keeps_its_name_and_source() -> None:
    assert calendar().days_off[date(2026, 8, 17)] == day_off("Hari Kemerdekaan")
    assert not calendar().is_working_day(date(2026, 8, 17))
    assert calendar().is_working_day(date(2026, 3, 28))


@pytest.mark.parametrize(
    ("zone", "weekly"),
    [
        ("Asia/Atlantis", WEEKLY),
        ("../etc/passwd", WEEKLY),
        ("", WEEKLY),
        ("Asia/Jakarta", {}),
        ("Asia/Jakarta", {0: ()}),
        ("Asia/Jakarta", {7: NORMAL}),
        ("Asia/Jakarta", {0: ((time(16), time(8)),)}),
        ("Asia/Jakarta", {0: ((time(8), time(8)),)}),
        ("Asia/Jakarta", {0: ((time(8), time(12)), (time(11), time(16)))}),
        ("Asia/Jakarta", {0: ((time(13), time(16)), (time(8), time(12)))}),
        ("Asia/Jakarta", {0: ((time(8), time(0)), (time(9), time(12)))}),
    ],
)
def test_a_calendar_that_cannot_be_reckoned_with_is_refused(zone: str, weekly: dict[int, OfficeHours]) -> None:
    with pytest.raises(CalendarError):
        WorkingCalendar(zone, weekly)


def test_offices_that_stay_closed_for_more_than_a_year_are_an_error_not_an_endless_search() -> None:
    days = {date(2026, 1, 1) + timedelta(days=n): day_off("Tutup") for n in range(800)}
    closed = WorkingCalendar("Asia/Jakarta", WEEKLY, days)
    with pytest.raises(CalendarError, match="more than a year"):
        closed.add_working_days(jakarta("2026-01-05 08:00"), 1)


def test_an_instant_without_a_zone_is_refused() -> None:
    naive = jakarta("2026-01-05 08:00").replace(tzinfo=None)
    with pytest.raises(ValueError, match="time zone"):
        calendar().due(naive, Span.parse("PT1H"))
    with pytest.raises(ValueError, match="time zone"):
        Pause(naive, naive)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("PT48H", Span(wall=timedelta(hours=48))),
        ("P3D", Span(wall=timedelta(days=3))),
        ("P2W", Span(wall=timedelta(weeks=2))),
        ("P1DT2H30M5S", Span(wall=timedelta(days=1, hours=2, minutes=30, seconds=5))),
        ("P1Y2M1W3D", Span(wall=timedelta(days=365 + 60 + 7 + 3))),
        ("P999D", Span(wall=timedelta(days=999))),
        ("PT0S", Span(wall=timedelta(0))),
        ("P3WD", Span(working_days=3)),
    ],
)
def test_a_span_is_read_from_its_text(text: str, span: Span) -> None:
    assert Span.parse(text) == span
    assert Span.parse(str(span)) == span


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P",
        "PT",
        "P1DT",
        "3WD",
        "P-3WD",
        "P3wd",
        "P101Y",
        "P1H",
        "P1.5D",
        "P3WDT1H",
        "P99999D",
        "P٣D",
        "PT1H ",
        "P2D1W",
    ],
)
def test_text_that_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Span.parse(text)


@pytest.mark.parametrize("text", ["P1Y", "P2M", "P1W", "PT48H", "P10WD", "PT0S", "P1Y1M1W1DT1H1M1S"])
def test_a_duration_of_a_package_has_the_same_length_here(text: str) -> None:
    duration, span = parse_duration(text), Span.parse(text)
    assert span.working_days == (duration.working_days if duration.is_working else None)
    assert span.wall == (None if duration.is_working else timedelta(seconds=duration.seconds))


@given(seconds=st.integers(0, 36_525 * 86_400))
def test_a_span_survives_being_written_and_read(seconds: int) -> None:
    span = Span(wall=timedelta(seconds=seconds))
    assert Span.parse(str(span)) == span


@pytest.mark.parametrize(("wall", "days"), [(None, None), (timedelta(1), 1), (timedelta(-1), None), (None, -1)])
def test_a_span_is_exactly_one_of_its_two_kinds(wall: timedelta | None, days: int | None) -> None:
    with pytest.raises(ValueError):
        Span(wall=wall, working_days=days)
