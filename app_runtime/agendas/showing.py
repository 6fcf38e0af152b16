"""One month of a calendar, week by week."""

from __future__ import annotations

import re
from calendar import Calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from babel.dates import format_date, get_day_names

from app_runtime.agendas.entries import MOST, Entry, days_of, entries_between
from app_runtime.agendas.subscribing import Subscribing, show_subscribing
from app_runtime.pages.filters import Filter, Query, chosen_values, page_filters
from app_runtime.pages.opening import OpenPage
from lumbung.db import now
from lumbung.i18n import current_language

_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})\Z")
_YEARS = range(1970, 2200)
SHOWN = 4
"""Entries of a day that stand in its box; the others unfold."""


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the page; `outside` belongs to the month before or after."""

    date: date
    label: str
    today: bool
    outside: bool
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class Month:
    """What a calendar page shows; addresses keep the chosen filters."""

    title: str
    weekdays: Sequence[tuple[str, str]]
    days: Sequence[Day]
    filters: Sequence[Filter]
    filtered: bool
    before: str
    after: str
    present: str
    month: str
    cut: bool
    subscribing: Subscribing

    @property
    def empty(self) -> bool:
        """Whether nothing stands in the month itself."""
        return not any(day.entries for day in self.days if not day.outside)


def browse_calendar(opened: OpenPage, query: Query) -> Month:
    """The month that `month=2026-11` asks for, else the present one."""
    today = now().astimezone(opened.app.zone).date()
    first = _asked(query.get("month", "")) or today.replace(day=1)
    dates = list(Calendar(firstweekday=0).itermonthdates(first.year, first.month))
    filters = page_filters(opened, query)
    chosen = chosen_values(filters)
    entries = entries_between(opened, dates[0], dates[-1], chosen)
    by_day = days_of(entries)
    language = current_language()
    days = [
        Day(
            day,
            format_date(day, "EEEE, d MMMM", locale=language),
            day == today,
            day.month != first.month,
            by_day.get(day, ()),
        )
        for day in dates
    ]

    def address(month: date | None) -> str:
        asked = {**({"month": f"{month:%Y-%m}"} if month else {}), **chosen}
        return f"/{opened.slug}/{opened.page.id}" + (f"?{urlencode(asked)}" if asked else "")

    wide, short = (get_day_names(width, locale=language) for width in ("wide", "abbreviated"))
    return Month(
        title=format_date(first, "MMMM yyyy", locale=language),
        weekdays=[(wide[number], short[number]) for number in range(7)],
        days=days,
        filters=filters,
        filtered=bool(chosen),
        before=address((first - timedelta(days=1)).replace(day=1)),
        after=address((first + timedelta(days=32)).replace(day=1)),
        present="" if first == today.replace(day=1) else address(None),
        month=f"{first:%Y-%m}",
        cut=len(entries) >= MOST,
        subscribing=show_subscribing(opened),
    )


def _asked(text: str) -> date | None:
    found = _MONTH.match(text)
    if found is None or int(found[1]) not in _YEARS or not 1 <= int(found[2]) <= 12:
        return None
    return date(int(found[1]), int(found[2]), 1)
