"""The shape of ``scenarios/<name>.yaml`` and ``examples/<type>.yaml``."""

from typing import Any

from app_catalog.definitions.nodes import MapNode, Node, ScalarNode
from app_catalog.definitions.scenario_names import split_name
from app_catalog.definitions.shape.composites import Keys, ListOf, MapOf, OneKey, Plain, PlainMap, SetOf, TextByLanguage
from app_catalog.definitions.shape.reading import MISSING, Kind, Path, Reading
from app_catalog.definitions.shape.scalars import DurationText, Id, Integer, Moment, OneOf, Ref, Words

ROLE = Ref("scenario-role")


class ByName:
    """A map whose keys are names such as ``a`` or ``a.respond``."""

    def __init__(self, value: Kind) -> None:
        self.value = value

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        if not isinstance(node, MapNode) or not node.entries:
            return reading.expected(("peta per nama", "a map by name"), node, path)
        read = {key: self.value.read(child, (*path, key), reading) for key, child in node.entries.items()}
        return {key: value for key, value in read.items() if value is not MISSING}


class RecordName:
    """The name of a record: that of an earlier step, or of a child as ``a.visit[1]``."""

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        text = node.text if isinstance(node, ScalarNode) else ""
        if split_name(text) is None:
            reading.add("bad-id", node, path, found=text or "…")
            return MISSING
        return text


NONE = "none"


class Whom:
    """To whom a message went (``to``) and to whom it did not (``not_to``), anybody for an empty map; ``none`` means
    that it went to nobody at all."""

    keys = Keys(optional={"to": Ref("recipient"), "not_to": Ref("recipient")})

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        if isinstance(node, ScalarNode) and node.text == NONE:
            return NONE
        return self.keys.read(node, path, reading)


class Recipients:
    """Messages by name, each with whom they went to."""

    whom = Whom()

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        return MapOf(self.whom, ordered=False, min=1, keys="message").read(node, path, reading)


BECAUSE = OneOf(("state", "role", "condition", "required", "invalid", "duplicate", "invariant", "capacity"))
STEP = OneKey(
    {
        "create": Keys(
            {"as": ROLE, "record": Ref("record"), "values": PlainMap()}, {"id": Id(), "times": Integer(1, 100)}
        ),
        "act": Keys({"as": ROLE, "on": RecordName(), "action": Words(60)}, {"values": PlainMap()}),
        "update": Keys({"as": ROLE, "on": RecordName(), "values": PlainMap()}),
        "event": Keys({"name": Ref("consumed-event")}, {"values": PlainMap(), "id": Id()}),
        "wait": DurationText(),
    },
    ("command",),
)
SIGHT = Keys({"as": ROLE, "on": RecordName()}, {"fields": SetOf(Words(60), ordered=True)})
CHECK = OneKey(
    {
        "state": ByName(Words(60)),
        "value": ByName(Plain()),
        "number": ByName(Words(60)),
        "clock": ByName(OneOf(("running", "warned", "met", "breached"))),
        "escalated": ByName(SetOf(Ref("recipient", (NONE,)))),
        "message": Recipients(),
        "count": MapOf(Integer(0, 1000), ordered=False, keys="record"),
        "sees": SIGHT,
        "hidden": SIGHT,
        "cannot": Keys(
            {"as": ROLE, "because": BECAUSE},
            {
                "act": Words(60),
                "on": RecordName(),
                "create": Ref("record"),
                "update": RecordName(),
                "values": PlainMap(),
            },
            one_of=("act", "create", "update"),
        ),
    }
)
SCENARIO = Keys(
    {"name": TextByLanguage(translated=False), "when": ListOf(STEP, max=100), "then": ListOf(CHECK, max=100)},
    {
        "given": Keys(
            optional={
                "settings": PlainMap(),
                "calendar": Keys(optional={"start": Moment()}, later=("holidays",)),
            },
            later=("agencies", "people"),
        )
    },
)


class Example(PlainMap):
    """The values of a record by field; `order`, which no field is called, is its place among the others."""

    place = Integer(0, 1_000_000)

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        values = super().read(node, path, reading)
        if values is not MISSING and isinstance(node, MapNode) and "order" in node.entries:
            values["order"] = self.place.read(node.entries["order"], (*path, "order"), reading)
            if values["order"] is MISSING:
                del values["order"]
        return values


EXAMPLES = MapOf(Example(), max=100)
