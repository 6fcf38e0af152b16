"""Deadlines that anybody can reckon by hand, and calendars that nobody can reckon with."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tenants.calendars.span import Span
from tenants.calendars.working_time import CalendarError, OfficeHours, Pause, WorkingCalendar
from tests.tenants.calendar_of_2026 import NORMAL, WEEKLY, ZONES, calendar, day_off


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
