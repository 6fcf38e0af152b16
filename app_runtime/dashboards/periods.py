"""The periods of a chart over time: days, weeks or months by the municipality's calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import format_date

from app_catalog.definitions.model.charts import Unit
from lumbung.i18n import current_language, t

KEPT: Mapping[Unit, int] = {"day": 31, "week": 26, "month": 24}
"""How many periods a chart looks back, and ahead for dates that may lie there."""


@dataclass(frozen=True, slots=True)
class Window:
    """The periods from the one that begins at `first` to the one that begins at `last`."""

    unit: Unit
    first: date
    last: date

    @property
    def end(self) -> date:
        """The first day after the last period."""
        return moved(self.unit, self.last, 1)

    @property
    def starts(self) -> list[date]:
        """The first day of each period."""
        found, day = [], self.first
        while day <= self.last:
            found.append(day)
            day = moved(self.unit, day, 1)
        return found


def window_around(unit: Unit, today: date, *, ahead: bool) -> Window:
    """The periods up to the present one, and as many `ahead`."""
    present = start_of(unit, today)
    back = KEPT[unit] - 1
    return Window(unit, moved(unit, present, -back), moved(unit, present, back) if ahead else present)


def start_of(unit: Unit, day: date) -> date:
    """The first day of the period that a day lies in; weeks begin on Monday (ISO 8601)."""
    if unit == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if unit == "week" else day


def moved(unit: Unit, start: date, by: int) -> date:
    """The first day of the period so many later (earlier where it is negative)."""
    if unit == "month":
        months = start.year * 12 + start.month - 1 + by
        return date(months // 12, months % 12 + 1, 1)
    return start + timedelta(days=by * (7 if unit == "week" else 1))


def period_label(unit: Unit, start: date) -> str:
    """A period as people name it."""
    language = current_language()
    if unit == "month":
        return format_date(start, "MMM yyyy", locale=language)
    day = format_date(start, "d MMM yyyy", locale=language)
    return t("Minggu {day}", "Week of {day}", day=day) if unit == "week" else day
