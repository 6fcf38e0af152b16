"""Builds what apps of one municipality tell each other."""

from app_catalog.definitions.building.parts import Json, ids
from app_catalog.definitions.model import Consume, Emit, Event, Expression

EVENT = "event"
"""The place in which expressions know ``event``."""


def build_exports(spec: Json) -> dict[str, tuple[str, ...]]:
    """The exported fields of each record type, in the order written."""
    return {record: ids(names) for record, names in sorted(spec.get("exports", {}).items())}


def build_emits(spec: Json, records: Json) -> dict[str, Emit]:
    """The events that other apps hear of, by id."""
    return {
        name: Emit(name, own["record"], tuple(_event(one, records[own["record"]]) for one in sorted(own["on"])))
        for name, own in sorted(spec.get("emits", {}).items())
    }


def build_consumes(spec: Json) -> dict[str, Consume]:
    """What is made of events of other apps, by ``<app>/<event>``."""
    found = {}
    for name, own in sorted(spec.get("consumes", {}).items()):
        app, _, event = name.partition("/")
        values = {
            field: Expression(source, "any", None, EVENT) for field, source in sorted(own.get("with", {}).items())
        }
        found[name] = Consume(app, event, own["create"], values)
    return found


def _event(name: str, record: Json) -> Event:
    """A bare id is an action, or else a state."""
    if name == "created":
        return Event("created")
    return Event("action" if name in record.get("workflow", {}).get("actions", {}) else "state", name)
