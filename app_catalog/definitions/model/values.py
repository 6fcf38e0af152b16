"""The small words that the rest of the model is written in: expressions, events, durations."""

from dataclasses import dataclass
from typing import Literal

ResultKind = Literal["bool", "string", "duration", "whole", "number", "moment", "list", "any"]
EventKind = Literal["created", "updated", "action", "state", "clock", "children", "schedule"]


@dataclass(frozen=True, slots=True)
class Expression:
    """A CEL expression as written; evaluate it with ``expressions.evaluator_for(definition)``.

    ``record`` is the id of the record type in whose scope it was checked, None for an app-wide one
    (settings only). ``kind`` is what it must give; a duration is given as its ISO text (``PT48H``, ``P3WD``).
    With ``action`` it also knows the answers to that action's ``asks``.
    """

    source: str
    kind: ResultKind = "any"
    record: str | None = None
    action: str | None = None


@dataclass(frozen=True, slots=True)
class Duration:
    """A span of wall-clock seconds or of working days of the municipality's calendar; never both."""

    text: str
    seconds: int = 0
    working_days: int = 0

    @property
    def is_working(self) -> bool:
        """Whether the span counts in working days (``P3WD``)."""
        return self.working_days > 0


@dataclass(frozen=True, slots=True)
class Event:
    """What an automation or a clock waits for.

    ``created`` and ``updated`` have no ``id``; ``action`` and ``state`` name one; ``clock`` names a clock
    and has ``phase`` ``warned`` or ``breached``; ``children`` names a kind of children and has ``done``;
    ``schedule`` has its rhythm and time as ``id`` (``daily.07:00``, see ``schedules``).
    """

    kind: EventKind
    id: str = ""
    phase: Literal["", "warned", "breached", "done"] = ""

    @property
    def name(self) -> str:
        """The event's full written name, such as ``action.reopen`` or ``clock.fix.breached``."""
        return ".".join(part for part in (self.kind, self.id, self.phase) if part)
