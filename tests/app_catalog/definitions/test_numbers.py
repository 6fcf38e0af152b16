"""Numbers of records by pattern."""

from datetime import date

import pytest

from app_catalog.definitions.numbers import NumberPatternError, parse_number_pattern

DAY = date(2026, 3, 7)


@pytest.mark.parametrize(
    ("pattern", "number"),
    [
        ("SR/{year}/{seq:05}", "SR/2026/00012"),
        ("{seq}/{agency}/{month:roman}/{year}", "12/DISHUB/III/2026"),
        ("{year}{month}{day}-{seq:03}", "20260307-012"),
        ("{seq:01}", "12"),
    ],
)
def test_patterns_are_filled_in(pattern: str, number: str) -> None:
    assert parse_number_pattern(pattern).format(seq=12, day=DAY, agency="dishub") == number


def test_a_number_outgrows_its_width_rather_than_being_cut() -> None:
    assert parse_number_pattern("{seq:03}").format(seq=12345, day=DAY) == "12345"


@pytest.mark.parametrize(
    "pattern",
    ["", "SR/{year}", "{seq}{seq}", "{seq:5}", "{seq:roman}", "{year:02}", "{tahun}/{seq}", "{seq", "seq}", "{{seq}}",
     "{seq}" + "x" * 100, "{seq!r}", "{seq.__class__}"],
)  # fmt: skip
def test_other_patterns_are_refused(pattern: str) -> None:
    with pytest.raises(NumberPatternError) as raised:
        parse_number_pattern(pattern)
    assert raised.value.detail


@pytest.mark.parametrize(
    ("per", "series"),
    [
        ((), ""), (("year",), "2026"), (("year", "month"), "2026-03"), (("month",), "2026-03"),
        (("day",), "2026-03-07"),
        (("year", "agency"), "2026/dishub"), (("agency",), "dishub"),
    ],
)  # fmt: skip
def test_a_sequence_restarts_within_what_per_names(per: tuple[str, ...], series: str) -> None:
    assert parse_number_pattern("{seq}").series(per, day=DAY, agency="dishub") == series
