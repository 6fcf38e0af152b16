"""The shape of a structured filter; what its names are and which values fit is checked when all is read."""

from dataclasses import dataclass
from typing import Any

from app_catalog.definitions.nodes import ListNode, MapNode, Node, ScalarNode
from app_catalog.definitions.shape.reading import MISSING, Path, Reading, WhereUse

WORDS = ("all", "any", "not")
BOUNDS = ("min", "max")
_DEEPEST = 6
_MOST = 40
"""Conditions in one filter: each is tried on every record of a type."""


@dataclass(frozen=True, slots=True)
class WhereShape:
    """``{state: [a, b], open: true, amount: {min: 1, max: 9}, all: […], any: […], not: {…}}``.

    Canonically a single value is a list of one.
    """

    depth: int = 0

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        if not isinstance(node, MapNode) or not node.entries or self.depth > _DEEPEST:
            return reading.expected(
                ("saringan, misalnya {open: true}, tidak bersusun terlalu dalam", "a filter, such as {open: true}"),
                node,
                path,
            )
        if self.depth == 0 and _conditions(node) > _MOST:
            reading.add("too-many", node, path, max=_MOST)
            return MISSING
        if self.depth == 0:
            reading.wheres.append(WhereUse(node, path, reading.scope))
        inner = WhereShape(self.depth + 1)
        found = {}
        for key, _, child in node.pairs():
            if key == "not":
                value = inner.read(child, (*path, key), reading)
            elif key in WORDS:
                value = self.several(inner, child, (*path, key), reading)
            else:
                value = self.values(child, (*path, key), reading)
            if value is not MISSING:
                found[key] = value
        return found

    def several(self, inner: "WhereShape", node: Node, path: Path, reading: Reading) -> Any:
        """A list of filters."""
        if not isinstance(node, ListNode) or not 0 < len(node.items) <= 20:
            return reading.expected(("daftar saringan", "a list of filters"), node, path)
        read = [inner.read(item, (*path, str(index)), reading) for index, item in enumerate(node.items)]
        return [value for value in read if value is not MISSING]

    def values(self, node: Node, path: Path, reading: Reading) -> Any:
        """One value, several, or a range."""
        if isinstance(node, MapNode):
            read = {key: self.one(child, (*path, key), reading) for key, child in node.entries.items()}
            if not read or not read.keys() <= set(BOUNDS):
                return reading.expected(("nilai, atau {min: …, max: …}", "a value, or {min: …, max: …}"), node, path)
            return {key: value for key, value in read.items() if value is not MISSING}
        items = node.items if isinstance(node, ListNode) else [node]
        if not 0 < len(items) <= 100:
            return reading.expected(("satu nilai atau lebih", "one value or more"), node, path)
        found = [self.one(item, (*path, str(index)), reading) for index, item in enumerate(items)]
        return [value for value in found if value is not MISSING]

    def one(self, node: Node, path: Path, reading: Reading) -> Any:
        """A single plain value."""
        if not isinstance(node, ScalarNode) or node.value is None or len(node.text) > 200:
            return reading.expected(("sebuah nilai", "a value"), node, path)
        return node.value


def _conditions(node: Node) -> int:
    if isinstance(node, ListNode):
        return sum(_conditions(item) for item in node.items)
    if not isinstance(node, MapNode):
        return 0
    return sum(_conditions(child) if key in WORDS else 1 for key, _, child in node.pairs())


WHERE = WhereShape()
