"""What the story of one record is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

CITIZEN = ""
"""Somebody without an account, who goes on by the tracking code."""

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """So many hours later somebody (a login, or `CITIZEN`) takes an action; on a child where `child` names the agency
    that it was opened for."""

    hours: float
    who: str
    action: str
    answers: Values = field(default_factory=dict)
    child: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A record that somebody made so many days ago, and what was done with it. `spot` is a place of the city;
    `names` remembers its number for values of later items, written `@name`."""

    record: str
    days: float
    who: str
    values: Values
    steps: Sequence[Step] = ()
    spot: int | None = None
    names: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """An app in a city: its package, its settings there, and its records in the order in which they are made."""

    package: str
    overrides: Values
    items: Sequence[Item]


def day_of(until: datetime, days: float, zone: str = "Asia/Jakarta") -> date:
    """The day so many days after the end of the demonstration (before, where it is negative)."""
    return (until + timedelta(days=days)).astimezone(ZoneInfo(zone)).date()


def moment_of(until: datetime, days: float, hour: int, zone: str = "Asia/Jakarta") -> str:
    """The hour of that day, as a record keeps it."""
    return datetime.combine(day_of(until, days, zone), time(hour), ZoneInfo(zone)).isoformat()
