"""Scenarios: given, when, then; the runtime executes them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from app_catalog.definitions.model.texts import Text
from app_catalog.definitions.model.values import Duration

ClockState = Literal["running", "warned", "met", "breached"]
Because = Literal["state", "role", "condition", "invariant", "capacity", "required", "invalid", "duplicate"]


@dataclass(frozen=True, slots=True)
class Given:
    """The start: setting overrides (merged over the defaults as a JSON merge patch) and the moment
    (aware).
    """

    settings: Mapping[str, Any] = field(default_factory=dict)
    start: datetime | None = None


@dataclass(frozen=True, slots=True)
class CreateStep:
    """Create ``times`` records as ``role``; ``id`` names the record for later steps."""

    role: str
    record: str
    values: Mapping[str, Any]
    id: str | None = None
    times: int = 1


@dataclass(frozen=True, slots=True)
class ActStep:
    """Take ``action`` on the record named ``on`` as ``role``."""

    role: str
    on: str
    action: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UpdateStep:
    """Change fields of the record named ``on`` as ``role``."""

    role: str
    on: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class WaitStep:
    """Move the scenario's clock forward."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class EventStep:
    """Another app of the municipality tells the event ``name`` (``<app>/<event>``), with the fields that it exports;
    ``id`` names the record that is made of it.
    """

    name: str
    values: Mapping[str, Any] = field(default_factory=dict)
    id: str | None = None


@dataclass(frozen=True, slots=True)
class StateCheck:
    """States by record name; the name ``all`` means every record."""

    states: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ValueCheck:
    """Expected values by ``(record name, field or built-in attribute)``."""

    values: Mapping[tuple[str, str], Any]


@dataclass(frozen=True, slots=True)
class NumberCheck:
    """Expected numbers by record name."""

    numbers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ClockCheck:
    """Expected clock states by ``(record name, clock id)``."""

    clocks: Mapping[tuple[str, str], ClockState]


@dataclass(frozen=True, slots=True)
class MessageCheck:
    """Messages that must have been sent; the value is to whom, None for anybody. Those ``unsent`` must not have been,
    by the same.
    """

    messages: Mapping[str, str | None]
    unsent: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EscalatedCheck:
    """To whom exactly the ladder of a clock has gone so far, by ``(record name, clock id)``; nobody for none."""

    clocks: Mapping[tuple[str, str], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class CountCheck:
    """How many records of each type exist."""

    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class SightCheck:
    """``role`` sees (or, with ``hidden``, does not see) record ``on``, or the ``fields`` of it when any are
    named.
    """

    role: str
    on: str
    fields: tuple[str, ...] = ()
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class CannotCheck:
    """``role`` is refused: either ``act`` on the record ``on``, ``create`` of a record type, or ``update`` of the named
    record, with ``values``.
    """

    role: str
    because: Because
    act: str | None = None
    on: str | None = None
    create: str | None = None
    update: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


Step = CreateStep | ActStep | UpdateStep | WaitStep | EventStep
Check = (
    StateCheck
    | ValueCheck
    | NumberCheck
    | ClockCheck
    | EscalatedCheck
    | MessageCheck
    | CountCheck
    | SightCheck
    | CannotCheck
)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One proof that the app behaves: run in a transaction that is rolled back."""

    id: str
    name: Text
    given: Given
    when: tuple[Step, ...]
    then: tuple[Check, ...]
