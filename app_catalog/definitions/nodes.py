"""The tree of a YAML file, every node with its place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """A scalar: ``value`` by the YAML 1.2 core schema, ``text`` as written. Lines and columns count from
    1.
    """

    file: str
    line: int
    column: int
    value: Scalar
    text: str
    literal: bool = False


@dataclass(frozen=True, slots=True)
class ListNode:
    """A sequence."""

    file: str
    line: int
    column: int
    items: list["Node"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class MapNode:
    """A mapping with text keys in the order written; ``keys`` has the node of each key."""

    file: str
    line: int
    column: int
    entries: dict[str, "Node"] = field(default_factory=dict)
    keys: dict[str, ScalarNode] = field(default_factory=dict)

    def pairs(self) -> Iterator[tuple[str, ScalarNode, "Node"]]:
        """Each key with its own node and its value."""
        for key, node in self.entries.items():
            yield key, self.keys[key], node


Node = ScalarNode | ListNode | MapNode


def locate(documents: Mapping[str, Node], file: str, path: tuple[str, ...]) -> Node | str:
    """The node at ``path`` of ``file``, or the nearest one above it; the file's name when it has no tree.

    A step that names an item of a list finds the item written so; a step that is a number, the item at that
    place.
    """
    current = documents.get(file)
    if current is None:
        return file
    for step in path:
        found = _child(current, step)
        if found is None:
            return current
        current = found
    return current


def _child(node: Node, step: str) -> Node | None:
    if isinstance(node, MapNode):
        return node.entries.get(step)
    if isinstance(node, ListNode):
        for item in node.items:
            if isinstance(item, ScalarNode) and item.text == step:
                return item
        if step.isdigit() and int(step) < len(node.items):
            return node.items[int(step)]
    return None


def plain(node: Node) -> object:
    """The node's value as ordinary Python data."""
    if isinstance(node, MapNode):
        return {key: plain(child) for key, child in node.entries.items()}
    if isinstance(node, ListNode):
        return [plain(child) for child in node.items]
    return node.value
