"""What apps of one municipality tell each other: exported fields, events, and what is made of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app_catalog.definitions.model.values import Event, Expression


@dataclass(frozen=True, slots=True)
class Emit:
    """An event that other apps hear of when one of ``on`` happens to a record of type ``record``; it carries the fields
    that the type exports.
    """

    id: str
    record: str
    on: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Consume:
    """What an event ``<app>/<event>`` makes: a record of type ``record``; its ``values`` know ``event``."""

    app: str
    event: str
    record: str
    values: Mapping[str, Expression] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The event as packages write it."""
        return f"{self.app}/{self.event}"
