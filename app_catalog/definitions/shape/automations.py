"""The shape of automations: what happens by itself, on which events, to what."""

from typing import Any

from app_catalog.definitions.nodes import MapNode, Node, ScalarNode
from app_catalog.definitions.schedules import ScheduleError, parse_schedule
from app_catalog.definitions.shape.composites import Keys, MapOf, SetOf
from app_catalog.definitions.shape.events import EventName
from app_catalog.definitions.shape.fields import ORDER
from app_catalog.definitions.shape.reading import MISSING, Path, Reading, Reference
from app_catalog.definitions.shape.scalars import Expr, OneOf, Ref, Words


class Occasion:
    """An event by its name, or a schedule; canonically its full name (``schedule.daily.07:00``)."""

    event = EventName()
    schedule = Keys({"schedule": OneOf(("daily", "weekly", "monthly")), "at": Words(5)}, {"day": Words(9)})

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        if not isinstance(node, MapNode):
            return self.event.read(node, path, reading)
        texts = {key: child.text for key, child in node.entries.items() if isinstance(child, ScalarNode)}
        whole = MapNode(node.file, node.line, node.column, {**node.entries}, {**node.keys})
        day = whole.entries.pop("day", None)
        found = self.schedule.read(whole, path, reading)
        if found is MISSING or "schedule" not in found or "at" not in found:
            return MISSING
        # A day is a word or a number.
        parts = [found["schedule"], *([texts.get("day", "")] if day is not None else []), found["at"]]
        name = ".".join(parts)
        try:
            parse_schedule(name)
        except ScheduleError:
            what = (
                'jadwal seperti {schedule: daily, at: "07:00"} (weekly dengan day: monday, monthly dengan day: 1)',
                'a schedule such as {schedule: daily, at: "07:00"} (weekly with day: monday, monthly with day: 1)',
            )
            return reading.expected(what, node, path)
        return f"schedule.{name}"


class Occasions:
    """One occasion or several."""

    several = SetOf(Occasion())

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        if not isinstance(node, MapNode):
            return self.several.read(node, path, reading)
        found = Occasion().read(node, path, reading)
        return MISSING if found is MISSING else {found: True}


class EachChild:
    """``children.<id>``."""

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        text = node.text if isinstance(node, ScalarNode) else ""
        prefix, _, child = text.partition(".")
        if prefix != "children" or not child:
            return reading.expected(("children.<id>", "children.<id>"), node, path)
        reading.references.append(Reference("children", child, node, path, reading.scope))
        return text


_COMPANIONS = (
    ("to", ("send",)),
    ("with", ("act", "create", "call")),
    ("into", ("document",)),
    ("valid_while", ("document",)),
)


def _effect_is_whole(found: dict[str, Any], node: MapNode, path: Path, reading: Reading) -> None:
    for companion, effects in _COMPANIONS:
        if companion in node.entries and not any(effect in node.entries for effect in effects):
            where, other = node.keys[companion], effects[0]
            reading.add("key-needs-other", where, (*path, companion), key=companion, other=other)
    if "send" in node.entries and "to" not in node.entries:
        reading.add("missing-key", node.keys["send"], (*path, "to"), key="to")
    if "document" in node.entries and "into" not in node.entries:
        reading.add("missing-key", node.keys["document"], (*path, "into"), key="into")
    if "for_each" in node.entries and any(effect in node.entries for effect in ("create", "call", "document")):
        reading.add("not-supported-yet", node.keys["for_each"], (*path, "for_each"), key="for_each")


AUTOMATION = Keys(
    {"on": Occasions()},
    {
        "when": Expr("bool"),
        "order": ORDER,
        "states": SetOf(Ref("state")),
        "for_each": EachChild(),
        "send": Ref("message"),
        "to": SetOf(Ref("recipient")),
        "act": Ref("action"),
        "with": MapOf(Expr(), ordered=False),
        "set": MapOf(Expr(), ordered=False, keys="settable"),
        "document": Ref("document"),
        "into": Ref("pdf-field"),
        "valid_while": Expr("bool"),
        "create": Ref("record"),
        "call": Keys({"address": Ref("secret"), "key": Ref("secret")}),
    },
    one_of=("send", "act", "set", "document", "create", "call"),
    also=(_effect_is_whole,),
)
