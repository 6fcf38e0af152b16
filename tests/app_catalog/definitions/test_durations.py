"""Durations: ISO 8601, and working days."""

import pytest

from app_catalog.definitions.durations import DurationError, compare_durations, parse_duration
from app_catalog.definitions.versions import VersionRangeError, in_range, parse_range


@pytest.mark.parametrize(
    ("text", "seconds", "days"),
    [
        ("PT48H", 172_800, 0), ("P3D", 259_200, 0), ("P2Y", 63_072_000, 0), ("P1M", 2_592_000, 0),
        ("P2W", 1_209_600, 0),
        ("PT0S", 0, 0), ("P1DT12H30M15S", 131_415, 0), ("PT90M", 5_400, 0), ("P3WD", 0, 3), ("P14WD", 0, 14),
    ],
)  # fmt: skip
def test_durations_are_wall_seconds_or_working_days(text: str, seconds: int, days: int) -> None:
    duration = parse_duration(text)
    assert (duration.text, duration.seconds, duration.working_days) == (text, seconds, days)
    assert duration.is_working == bool(days)


@pytest.mark.parametrize(
    "text",
    ["", "P", "PT", "3D", "P3", "PD", "P1DT", "P3WDT1H", "P1D3WD", "P-3D", "P1.5D", "48h", "PT48", "P3WD ", "P3W D",
     "P" + "9" * 50 + "D", "p3d", "P٣D"],
)  # fmt: skip
def test_other_texts_are_no_durations(text: str) -> None:
    with pytest.raises(DurationError):
        parse_duration(text)


def test_wall_time_and_working_days_are_not_compared() -> None:
    short, long, working = (parse_duration(text) for text in ("PT1H", "P1D", "P3WD"))
    assert (compare_durations(short, long) or 0) < 0
    assert compare_durations(long, parse_duration("PT24H")) == 0
    assert (compare_durations(working, parse_duration("P1WD")) or 0) > 0
    assert compare_durations(long, working) is None


@pytest.mark.parametrize(
    ("version", "text", "inside"),
    [("0.9.0", ">=0.1,<2", True), ("2.0.0", ">=0.1,<2", False), ("1.2.3", "1.2.3", True), ("0.0.9", ">=0.1", False)],
)
def test_versions_fall_into_ranges(version: str, text: str, inside: bool) -> None:
    assert in_range(version, text) is inside


@pytest.mark.parametrize("text", ["", "~1", ">=", ">=1,,<2", "1.2.3.4", "x" * 200])
def test_other_texts_are_no_ranges(text: str) -> None:
    with pytest.raises(VersionRangeError):
        parse_range(text)
