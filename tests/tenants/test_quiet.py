"""When somebody may be disturbed, in the zone of where they live."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenants.preferences.quiet import Quiet, waits_until

NIGHT = Quiet(on=True, begins=time(21), ends=time(6))
NOON = Quiet(on=True, begins=time(12), ends=time(13))
ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")


def weekday(day: date) -> bool:
    return day.weekday() < 5


def local(text: str, zone: str = "Asia/Jakarta") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("quiet", "at", "until"),
    [
        (NIGHT, "2026-03-02T20:59", None),
        (NIGHT, "2026-03-02T21:00", "2026-03-03T06:00"),
        (NIGHT, "2026-03-02T23:59", "2026-03-03T06:00"),
        (NIGHT, "2026-03-03T00:00", "2026-03-03T06:00"),
        (NIGHT, "2026-03-03T05:59", "2026-03-03T06:00"),
        (NIGHT, "2026-03-03T06:00", None),
        (NOON, "2026-03-02T12:30", "2026-03-02T13:00"),
        (NOON, "2026-03-02T13:00", None),
        (Quiet(on=False), "2026-03-02T23:00", None),
    ],
)
def test_a_message_waits_for_the_end_of_the_quiet_hours(quiet: Quiet, at: str, until: str | None) -> None:
    assert waits_until(local(at), quiet, "Asia/Jakarta") == (local(until) if until else None)


def test_the_same_instant_is_night_in_papua_and_evening_in_java() -> None:
    instant = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
    assert waits_until(instant, NIGHT, "Asia/Jakarta") is None
    assert waits_until(instant, NIGHT, "Asia/Jayapura") == datetime(2026, 3, 2, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("quiet", "at", "until"),
    [
        (NIGHT, "2026-03-06T22:00", "2026-03-09T06:00"),
        (NIGHT, "2026-03-07T10:00", "2026-03-09T06:00"),
        (NIGHT, "2026-03-08T22:00", "2026-03-09T06:00"),
        (NIGHT, "2026-03-09T10:00", None),
        (Quiet(on=False), "2026-03-07T10:00", "2026-03-09T06:00"),
    ],
)
def test_a_reminder_waits_for_a_working_day(quiet: Quiet, at: str, until: str | None) -> None:
    found = waits_until(local(at), quiet, "Asia/Jakarta", is_working_day=weekday)
    assert found == (local(until) if until else None)


def test_whoever_never_works_is_told_all_the_same() -> None:
    found = waits_until(local("2026-03-02T10:00"), NIGHT, "Asia/Jakarta", is_working_day=lambda day: False)
    assert found == local("2026-03-03T06:00")


@settings(max_examples=200, deadline=None)
@given(
    begins=st.times().map(lambda one: one.replace(second=0, microsecond=0)),
    ends=st.times().map(lambda one: one.replace(second=0, microsecond=0)),
    at=st.integers(0, 366 * 24 * 60).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n)),
    zone=st.sampled_from(ZONES),
    working=st.booleans(),
)
def test_whatever_waits_goes_later_and_never_into_quiet_hours(
    begins: time, ends: time, at: datetime, zone: str, working: bool
) -> None:
    quiet = Quiet(on=begins != ends, begins=begins, ends=ends)
    found = waits_until(at, quiet, zone, is_working_day=weekday if working else None)
    moment = found or at
    assert found is None or at < found <= at + timedelta(days=5)
    there = moment.astimezone(ZoneInfo(zone))
    assert not quiet.holds_at(there.time())
    assert not working or weekday(there.date())


def test_the_platforms_default_is_read_from_its_setting() -> None:
    assert Quiet.parse("22:30-05:00") == Quiet(True, time(22, 30), time(5), True)
    assert Quiet.parse(None) == Quiet(on=False)
