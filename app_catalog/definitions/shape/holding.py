"""The shape of what a record type holds over many records."""

from collections.abc import Mapping
from typing import Any

from app_catalog.definitions.model.holding import AGGREGATES
from app_catalog.definitions.nodes import MapNode, Node, ScalarNode
from app_catalog.definitions.shape.composites import Keys, MapOf, SetOf
from app_catalog.definitions.shape.fields import ORDER, TEXT
from app_catalog.definitions.shape.reading import MISSING, Kind, Path, Reading, Reference
from app_catalog.definitions.shape.scalars import Expr, Ref

PARTS = SetOf(Ref("key-part"), ordered=True, max=10)
STATES = SetOf(Ref("state"))
_COUNTED: dict[str, Kind] = {"only": STATES, "except": STATES}


class Same:
    """Ids that both the record type of the file and the one that is counted know."""

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        return PARTS.read(node, path, reading)


class NumberOf:
    """``line.amount``: a record type and one of its numbers."""

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        record, dot, field = node.text.partition(".") if isinstance(node, ScalarNode) else ("", "", "")
        if not record or not dot or not field:
            return reading.expected(
                ("jenis catatan dan isian angkanya, misalnya line.amount", "a record type and its number: line.amount"),
                node,
                path,
            )
        reading.references.append(Reference("record", record, node, path, reading.scope))
        reading.references.append(Reference("number-field", field, node, path, record))
        assert isinstance(node, ScalarNode)
        return node.text


class OverRecords:
    """Keys of which one (of ``target``) names another record type: what stands in ``inside`` is meant of that type."""

    def __init__(self, keys: Keys, target: tuple[str, ...], inside: Mapping[str, Kind] | None = None) -> None:
        self.keys, self.target = keys, target
        self.inside = {"same": PARTS, "only": STATES, "except": STATES} if inside is None else inside

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        found = self.keys.read(node, path, reading)
        if found is MISSING or not isinstance(node, MapNode):
            return found
        target = next((found[key].partition(".")[0] for key in self.target if isinstance(found.get(key), str)), None)
        if target is None:
            return found
        with reading.within(target):
            for key, kind in self.inside.items():
                if key in node.entries and key in found:
                    value = kind.read(node.entries[key], (*path, key), reading)
                    found[key] = value
        return found


class Unread:
    """What is read once its record type is known."""

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        return {}


UNIQUE = MapOf(PARTS, ordered=False, max=10)
CAPACITY = MapOf(Keys({"per": PARTS, "max": Expr("number")}, {**_COUNTED, "message": TEXT, "order": ORDER}), max=10)
_LATER: dict[str, Kind] = {"only": Unread(), "except": Unread()}
AGGREGATE = OverRecords(
    Keys(
        optional={
            **{kind: NumberOf() for kind in AGGREGATES if kind != "count"},
            "count": Ref("record"),
            "same": Same(),
            **_LATER,
            "order": ORDER,
        },
        one_of=AGGREGATES,
    ),
    AGGREGATES,
)
LOOKUP = OverRecords(Keys({"record": Ref("record")}, {"same": Same(), **_LATER, "order": ORDER}), ("record",))
INVARIANT = Keys({"check": Expr("bool"), "message": TEXT}, {"order": ORDER})
HOLDING: dict[str, Kind] = {
    "unique": UNIQUE,
    "capacity": CAPACITY,
    "aggregates": MapOf(AGGREGATE, max=30),
    "lookups": MapOf(LOOKUP, max=30),
    "invariants": MapOf(INVARIANT, max=20),
}
