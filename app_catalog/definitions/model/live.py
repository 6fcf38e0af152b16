"""What an app shows in the live room, and how its work is measured."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from app_catalog.definitions.model.filters import EVERYTHING, Where
from app_catalog.definitions.model.texts import Text

IndicatorKind = Literal["clock_met", "share"]


@dataclass(frozen=True, slots=True)
class LiveLayer:
    """Records with a place on the live map; those that pass ``red`` stand out."""

    id: str
    label: Text
    record: str
    where: Where = EVERYTHING
    red: Where | None = None
    order: int = 0


@dataclass(frozen=True, slots=True)
class LiveCounter:
    """How many records of a type pass a filter now."""

    id: str
    label: Text
    record: str
    where: Where = EVERYTHING
    order: int = 0


@dataclass(frozen=True, slots=True)
class Indicator:
    """A share from 0 to 1: of a ``clock`` that was met in time (``clock_met``), or of the records that pass ``where``
    (``share``), over those made within ``days`` (None: all).
    """

    id: str
    label: Text
    record: str
    kind: IndicatorKind
    clock: str | None = None
    where: Where = EVERYTHING
    days: int | None = None
    order: int = 0


@dataclass(frozen=True, slots=True)
class Live:
    """All layers and counters of an app, in order."""

    layers: Mapping[str, LiveLayer] = field(default_factory=dict)
    counters: Mapping[str, LiveCounter] = field(default_factory=dict)
