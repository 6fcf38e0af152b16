"""Every minute of a year as the start of a clock, in three zones; and hundreds of lives with sweeps at odd moments."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy.orm import Session, scoped_session

from tenants.calendars.span import Span
from tenants.calendars.working_time import DayOff, Pause, WorkingCalendar
from tests.proofs.clock_lives import live_in_the_product, live_on_paper, make_life, open_stage
from tests.proofs.plain_clocks import CLOSED, OFFSETS, WEEK, Tie
from tests.proofs.plain_year import PlainYear
from tests.soak.conftest import amount
from tests.world import World

FIRST = datetime(2025, 12, 31, 0, 0, tzinfo=UTC)
YEAR = 366 * 1440


def product_calendar(zone: str) -> WorkingCalendar:
    """The product's calendar of the same week and days off."""
    weekly = {day: tuple((time(opens), time(closes)) for opens, closes in hours) for day, hours in WEEK.items()}
    return WorkingCalendar(zone, weekly, {day: DayOff("Libur", "national", "SKB") for day in CLOSED})


@pytest.mark.parametrize("zone", OFFSETS)
def test_every_minute_of_a_year_is_reckoned_as_plain_counting_does(zone: str, proved: Callable[[str], None]) -> None:
    year, calendar, dice = PlainYear(zone, FIRST, 366 + 120), product_calendar(zone), random.Random(zone)
    compared, step = 0, amount("EVERY_MINUTES", 1)
    for start in range(0, YEAR, step):
        at = year.instant(start)
        days, hours = dice.randrange(1, 15), dice.randrange(1, 200)
        begins = start + dice.randrange(-2000, 8000)
        pause = (max(begins, 0), max(begins, 0) + dice.randrange(6000))
        pauses = [Pause(year.instant(pause[0]), year.instant(pause[1]))]
        expected = (
            year.working_days_end(start, days),
            year.office_end(start, hours * 30, pause),
            year.wall_end(start, hours * 60, pause),
            year.working_days_due(start, days, pause),
        )
        found = (
            calendar.add_working_days(at, days),
            calendar.due(at, Span(wall=timedelta(minutes=hours * 30)), pauses=pauses, office_hours=True),
            calendar.due(at, Span(wall=timedelta(hours=hours)), pauses=pauses),
            calendar.due(at, Span(working_days=days), pauses=pauses),
        )
        assert found == tuple(map(year.instant, expected)), (at, days, hours, pauses)
        compared += len(found)
    proved(f"{zone}: {compared} deadlines from {YEAR // step} starts over a year are what plain counting says.")


@pytest.mark.parametrize("zone", OFFSETS)
def test_hundreds_of_lives_fire_what_plain_counting_says(
    session: scoped_session[Session], world: World, zone: str, proved: Callable[[str], None]
) -> None:
    stage, dice = open_stage(session, world, zone), random.Random(f"{zone} soak")
    compared = fired = 0
    while compared < amount("LIVES", 300):
        life = make_life(dice)
        try:
            expected = live_on_paper(zone, life, respond_seconds=48 * 3600, fix_days=3)
        except Tie:
            continue
        found = live_in_the_product(stage, life)
        assert sorted(found) == sorted(expected), life
        compared, fired = compared + 1, fired + len(found)
    proved(f"{zone}: {compared} lives with {fired} steps of clocks, each fired once and at its time.")
