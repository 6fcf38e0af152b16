"""The shape of events: what automations and clocks wait for."""

from typing import Any

from app_catalog.definitions.nodes import Node, ScalarNode
from app_catalog.definitions.problems import suggest
from app_catalog.definitions.shape.reading import MISSING, Path, Reading, Reference

SIMPLE = ("created", "updated")
PHASES = ("warned", "breached")


class EventName:
    """An event by name; canonically its full name, so that a bare ``reopen`` becomes ``action.reopen``."""

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        if not isinstance(node, ScalarNode) or not node.text:
            return reading.expected(("nama kejadian", "the name of an event"), node, path)
        head, *rest = node.text.split(".")
        if node.text in SIMPLE:
            return node.text
        if head == "children" and len(rest) == 2 and rest[1] == "done":
            self.refer("children", rest[0], node, path, reading)
            return node.text
        if not rest:
            self.refer("action", head, node, path, reading)
            return f"action.{head}"
        if head in ("action", "state") and len(rest) == 1:
            self.refer(head, rest[0], node, path, reading)
            return node.text
        if head == "clock" and len(rest) == 2 and rest[1] in PHASES:
            self.refer("clock", rest[0], node, path, reading)
            return node.text
        known = (*SIMPLE, "action.<id>", "state.<id>", "clock.<id>.warned", "clock.<id>.breached", "children.<id>.done")
        reading.add("unknown-value", node, path, found=node.text, suggestion=suggest(node.text, known))
        return MISSING

    def refer(self, namespace: str, name: str, node: ScalarNode, path: Path, reading: Reading) -> None:
        """Note that the event names something of the record type."""
        reading.references.append(Reference(namespace, name, node, path, reading.scope))
