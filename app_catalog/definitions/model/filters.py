"""Structured filters over many records (``where``)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Bound = str | int | float

FILTERED_ATTRIBUTES: Mapping[str, str] = {
    "state": "state",
    "open": "boolean",
    "overdue": "boolean",
    "checked": "boolean",
    "published": "boolean",
    "agency": "agency",
    "assignee": "text",
    "number": "text",
    "created_at": "datetime",
    "closed_at": "datetime",
    "due": "datetime",
}
"""What every record can be filtered by, beside its fields, by type."""

FILTERED_TYPES = frozenset(
    {
        "text",
        "integer",
        "decimal",
        "money",
        "boolean",
        "date",
        "time",
        "datetime",
        "choice",
        "choices",
        "area",
        "email",
        "phone",
        "url",
        "agency",
        "agencies",
        "person",
        "persons",
        "record",
    }
)
"""Types of fields that records can be filtered by."""

RANGED_TYPES = frozenset({"integer", "decimal", "money", "date", "time", "datetime"})
"""Those of which a filter may give a smallest and a largest value."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A field or attribute that is one of ``values``, or from ``min`` to ``max`` (both included, None: open)."""

    name: str
    values: tuple[str | int | float | bool, ...] = ()
    min: Bound | None = None
    max: Bound | None = None


@dataclass(frozen=True, slots=True)
class Where:
    """Records for which all ``conditions`` hold, every one of ``every``, one of ``some`` (unless empty), and not
    ``no``.
    """

    conditions: tuple[Condition, ...] = ()
    every: tuple["Where", ...] = ()
    some: tuple["Where", ...] = ()
    no: "Where | None" = None


FilterWord = Literal["all", "any", "not"]
EVERYTHING = Where()
"""The filter that every record passes."""
