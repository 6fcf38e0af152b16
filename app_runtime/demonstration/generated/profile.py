"""What makes a generated municipality different from the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Literal

Week = Mapping[int, tuple[tuple[time, time], ...]]
Fate = Literal["runs", "suspended", "disabled", "prepares"]


def week(monday: str, friday: str = "", saturday: str = "") -> Week:
    """Office hours written as `0800-1600` or, with a break, `0800-1200 1300-1600`."""
    days = dict.fromkeys(range(5), monday)
    if friday:
        days[4] = friday
    if saturday:
        days[5] = saturday
    return {day: tuple(_opening(part) for part in text.split()) for day, text in days.items()}


def _opening(text: str) -> tuple[time, time]:
    opens, closes = text.split("-")
    return time(int(opens[:2]), int(opens[2:])), time(int(closes[:2]), int(closes[2:]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One municipality.

    `radius` is how far reports lie from `centre`, in degrees, between the two `bearings` (clockwise from north), so
    that none lies in the sea. `reports` is how many there are in the `days` since it runs the app; `late` the share of
    answers after the deadline, `silent` of none at all. `without` are categories of the app that it does not have,
    `extra` those of its own.
    """

    slug: str
    region_code: str
    initials: str
    colour: str
    culture: str
    centre: tuple[float, float]
    radius: float
    phone: str
    streets: tuple[str, ...]
    offices: int
    reports: int
    days: int = 365
    zoom: int = 13
    bearings: tuple[int, int] = (0, 360)
    own_name: str | None = None
    emblem: str | None = None
    settings: Mapping[str, object] = field(default_factory=dict)
    extra: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    week: Week | None = None
    joint_leave: bool = True
    local_days: tuple[tuple[int, int, str], ...] = ()
    late: float = 0.12
    silent: float = 0.02
    headless: bool = False
    long: bool = False
    fate: Fate = "runs"
