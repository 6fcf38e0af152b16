"""Times, places, amounts and texts as people and programs write them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app_runtime.imports.moments import parse_moment
from app_runtime.imports.places import place_of, place_of_two
from app_runtime.imports.reporting import harmless
from app_runtime.imports.values import truncated, whole_number

JAKARTA = ZoneInfo("Asia/Jakarta")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2017-02-20T07:58:22.262", "2017-02-20T00:58:22.262"),
        ("2017-02-20 07:58:22+00:00", "2017-02-20T07:58:22"),
        ("2017-02-20T07:58:22Z", "2017-02-20T07:58:22"),
        ("2017-02-20", "2017-02-19T17:00:00"),
        ("20/02/2017 07.58", "2017-02-20T00:58:00"),
        ("20-2-2017 7:58 WITA", "2017-02-19T23:58:00"),
        ("02/20/2017 7:58 PM", "2017-02-20T12:58:00"),
        ("Senin, 20 Februari 2017 07:58 WIB", "2017-02-20T00:58:00"),
        ("February 20, 2017", "2017-02-19T17:00:00"),
        (42786.33224537, "2017-02-20T00:58:26"),
        ("42786.33224537", "2017-02-20T00:58:26"),
        (1487577502, "2017-02-20T07:58:22"),
        ("1487577502000", "2017-02-20T07:58:22"),
    ],
)
def test_times_are_read_as_people_and_programs_write_them(written: Any, expected: str) -> None:
    assert parse_moment(written, JAKARTA) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "written", ["", "kemarin", "31/02/2017", "20/02/17x", "0001-01-01", "9999-99-99", 12, True, None, [1], "1" * 500]
)
def test_what_is_no_time_is_none(written: Any) -> None:
    assert parse_moment(written, JAKARTA) is None


@pytest.mark.parametrize(
    ("written", "point"),
    [
        ([106.7, -6.3], (106.7, -6.3)),
        ([-6.3, 106.7], (106.7, -6.3)),
        ("-6.3, 106.7", (106.7, -6.3)),
        ("-6,3; 106,7", (106.7, -6.3)),
        ("(-6.3 106.7)", (106.7, -6.3)),
        ("POINT(106.7 -6.3)", (106.7, -6.3)),
        ("SRID=4326;POINT Z (106.7 -6.3 5)", (106.7, -6.3)),
        ([0, 0], None),
        ("Polygon", None),
        ([None, 5], None),
        ("di depan pasar", None),
        (["1e400", "2"], None),
    ],
)
def test_places_are_read_as_they_are_written(written: Any, point: tuple[float, float] | None) -> None:
    assert place_of(written).point == point


def test_a_place_in_two_columns_may_have_commas_and_be_the_wrong_way_round() -> None:
    assert place_of_two("-6,3", "106,7").point == (106.7, -6.3)
    assert [note.code for note in place_of_two("-6,3", "106,7").notes] == ["swapped"]
    assert place_of_two(None, None).notes == ()


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("Rp 1.500.000,00", "1500000"),
        ("1,500,000", "1500000"),
        ("1500", "1500"),
        (12.0, 12),
        ("2,5", "2"),
        ("x", "x"),
        (f"{'9' * 400},5", f"{'9' * 400},5"),
    ],
)
def test_amounts_are_read_as_they_are_written(written: Any, number: Any) -> None:
    assert whole_number(written) == number


def test_a_long_text_is_cut_between_words_and_never_longer_than_allowed() -> None:
    text = "air masuk rumah " * 20
    assert len(truncated(text, 120)) <= 120
    assert truncated(text, 120).endswith("masuk rumah…") or truncated(text, 120).endswith("…")
    assert truncated("a" * 200, 120) == "a" * 119 + "…"
    assert truncated("pendek", 120) == "pendek"


@pytest.mark.parametrize("cell", ["=1+1", "+62", "-1", "@x", "\tx", "\rx"])
def test_no_cell_of_a_report_is_a_formula(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
