"""Figures and charts of a dashboard."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from app_catalog.definitions.model.texts import Text

Measure = Literal["count", "sum", "average"]
Unit = Literal["day", "week", "month"]
MEASURES: tuple[Measure, ...] = ("count", "sum", "average")
UNITS: tuple[Unit, ...] = ("day", "week", "month")

GROUPED_TYPES = frozenset({"choice", "boolean", "agency", "area"})
"""Types of fields that a chart has a bar for each value of."""
DATED_TYPES = frozenset({"date", "datetime"})
"""Types of fields that a calendar and a chart over time can follow."""
GROUPED_ATTRIBUTES: Mapping[str, str] = {
    "state": "choice",
    "agency": "agency",
    "open": "boolean",
    "overdue": "boolean",
    "checked": "boolean",
    "published": "boolean",
}
DATED_ATTRIBUTES: Mapping[str, str] = {"created_at": "datetime", "closed_at": "datetime", "due": "datetime"}


@dataclass(frozen=True, slots=True)
class Chart:
    """How many records of a type there are, or the sum or average of ``number``; one figure without ``by``, else one
    for each value of it, or for each ``unit`` of time. ``only`` names states (None: any).
    """

    id: str
    label: Text
    measure: Measure
    record: str
    number: str | None = None
    by: str | None = None
    unit: Unit | None = None
    only: tuple[str, ...] | None = None
    order: int = 0
