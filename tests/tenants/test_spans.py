"""Lengths of time as packages write them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app_catalog.definitions.durations import parse_duration
from tenants.calendars.span import Span


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
