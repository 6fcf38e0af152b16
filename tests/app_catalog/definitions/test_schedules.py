"""When daily, weekly and monthly things happen."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app_catalog.definitions.schedules import ScheduleError, parse_schedule

JAKARTA, JAYAPURA = ZoneInfo("Asia/Jakarta"), ZoneInfo("Asia/Jayapura")
START = datetime(2026, 1, 30, tzinfo=UTC)
NAMES = ("daily.07:00", "weekly.monday.23:59", "monthly.31.00:00", "monthly.1.07:30")


def days(name: str, zone: ZoneInfo, span: timedelta = timedelta(days=32)) -> list[str]:
    return [f"{at.astimezone(zone):%m-%d %H:%M}" for at in parse_schedule(name).moments(START, START + span, zone)]


def test_each_rhythm_falls_on_its_days_in_the_zone_of_the_municipality() -> None:
    assert days("daily.07:00", JAKARTA, timedelta(days=2)) == ["01-31 07:00", "02-01 07:00"]
    assert days("daily.07:00", JAYAPURA, timedelta(days=2)) == ["01-31 07:00", "02-01 07:00"]
    assert days("weekly.monday.08:00", JAKARTA) == [
        "02-02 08:00",
        "02-09 08:00",
        "02-16 08:00",
        "02-23 08:00",
        "03-02 08:00",
    ]
    assert days("monthly.31.08:00", JAKARTA) == ["01-31 08:00", "02-28 08:00"]


@pytest.mark.parametrize(
    "name", ["daily.7:00", "daily.24:00", "weekly.07:00", "weekly.senin.07:00", "monthly.0.07:00", "monthly.32.07:00"]
)
def test_what_is_no_schedule_is_refused(name: str) -> None:
    with pytest.raises(ScheduleError):
        parse_schedule(name)


@given(st.sampled_from(NAMES), st.lists(st.integers(0, 40 * 24 * 60), min_size=1, max_size=6))
def test_looking_in_parts_finds_every_moment_once(name: str, cuts: list[int]) -> None:
    schedule = parse_schedule(name)
    end = START + timedelta(days=40)
    moments = [START, *sorted(START + timedelta(minutes=cut) for cut in cuts), end]
    parts = [at for one, two in itertools.pairwise(moments) for at in schedule.moments(one, two, JAKARTA)]
    assert parts == list(schedule.moments(START, end, JAKARTA))
    assert schedule.next_moment(START, JAKARTA) == parts[0]
