"""What a record type holds over many records: unique values, places, figures, and conditions that stay true."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from app_catalog.definitions.model.texts import Text
from app_catalog.definitions.model.values import Expression

AggregateKind = Literal["sum", "count", "min", "max", "average"]
AGGREGATES: tuple[AggregateKind, ...] = ("sum", "count", "min", "max", "average")

KEY_ATTRIBUTES = ("agency", "assignee", "state", "created_by", "year", "month", "day")
"""What records are grouped by beside their fields; `year`, `month` and `day` are those of their creation, unless a
field is called so."""

UNGROUPED_TYPES = frozenset(
    {
        "long_text",
        "markdown",
        "choices",
        "point",
        "path",
        "files",
        "checklist",
        "stream",
        "agencies",
        "persons",
        "group",
        "list",
    }
)
"""Types of fields whose values group no records."""

NUMBER_TYPES = frozenset({"integer", "money", "decimal"})
"""Types of fields that can be summed and compared."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Which records count: those in a state of ``only`` (None: any) that is none of ``excluded``."""

    only: tuple[str, ...] | None = None
    excluded: tuple[str, ...] = ()

    def holds(self, state: str) -> bool:
        """Whether a record in this state counts."""
        return state not in self.excluded and (self.only is None or state in self.only)


@dataclass(frozen=True, slots=True)
class Unique:
    """No two records have the same values in all of ``parts``; one that lacks a value is free."""

    id: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Capacity:
    """Of the records that are the same in ``per`` and count, there are at most ``max`` (a whole number)."""

    id: str
    per: tuple[str, ...]
    max: Expression
    counted: Counted = Counted()
    message: Text | None = None
    order: int = 0


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A figure over the records of ``record`` that count and are the same in ``same`` as the one that asks.

    ``field`` is what is summed or compared, None for a count.
    """

    id: str
    kind: AggregateKind
    record: str
    field: str | None
    same: tuple[str, ...] = ()
    counted: Counted = Counted()
    order: int = 0


@dataclass(frozen=True, slots=True)
class Lookup:
    """The newest record of type ``record`` that counts and is the same in ``same`` as the one that asks."""

    id: str
    record: str
    same: tuple[str, ...] = ()
    counted: Counted = Counted()
    order: int = 0


@dataclass(frozen=True, slots=True)
class Invariant:
    """A condition that no change may break, with the words for whoever tries."""

    id: str
    check: Expression
    message: Text
    order: int = 0


@dataclass(frozen=True, slots=True)
class Holding:
    """All that a record type holds over many records; empty maps for what it does not."""

    unique: Mapping[str, Unique]
    capacity: Mapping[str, Capacity]
    aggregates: Mapping[str, Aggregate]
    lookups: Mapping[str, Lookup]
    invariants: Mapping[str, Invariant]
