"""Looks into the checked tree of a CEL expression.

The library gives the tree only in its serialised form (``google.protobuf.Any`` of
``cel.expr.CheckedExpr``), so the few fields that matter are read from the wire format here. Field numbers:
cel-spec, ``checked.proto`` and ``syntax.proto``.
"""

from collections.abc import Iterator
from dataclasses import dataclass

_ANY_VALUE = 2
_CHECKED_EXPR = 4
_COMPREHENSION = 9
# Where an expression holds others: kind of node -> numbers of its fields that hold expressions.
_OPERANDS = {5: (1,), 6: (1, 3), 7: (1,)}
_STRUCT, _ENTRIES, _ENTRY_PARTS = 8, 2, (3, 4)
_LENGTH_DELIMITED = 2


class TreeError(ValueError):
    """Bytes that are not a serialised expression."""


@dataclass(frozen=True, slots=True)
class TreeFacts:
    """What the guards ask of a tree."""

    depth: int
    nodes: int
    has_comprehension: bool


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(data) and shift < 64:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return value, at
        shift += 7
    raise TreeError("a number is cut off")


def _fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The length-delimited fields of a message; others are passed over."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        wire = tag & 7
        if wire == 0:
            _, at = _varint(data, at)
        elif wire == _LENGTH_DELIMITED:
            length, at = _varint(data, at)
            yield tag >> 3, data[at : at + length]
            at += length
        elif wire in (1, 5):
            at += 8 if wire == 1 else 4
        else:
            raise TreeError("an unknown wire type")


def _children(expression: bytes) -> tuple[list[bytes], bool]:
    children: list[bytes] = []
    comprehension = False
    for kind, body in _fields(expression):
        if kind == _COMPREHENSION:
            comprehension = True
        elif kind in _OPERANDS:
            children += [part for number, part in _fields(body) if number in _OPERANDS[kind]]
        elif kind == _STRUCT:
            entries = [part for number, part in _fields(body) if number == _ENTRIES]
            children += [part for entry in entries for number, part in _fields(entry) if number in _ENTRY_PARTS]
    return children, comprehension


def tree_facts(serialized: bytes) -> TreeFacts:
    """Depth, number of nodes and whether a comprehension stands anywhere. ``TreeError`` on other bytes."""
    checked = next((part for number, part in _fields(serialized) if number == _ANY_VALUE), None)
    root = next((part for number, part in _fields(checked or b"") if number == _CHECKED_EXPR), None)
    if root is None:
        raise TreeError("no expression inside")
    depth = nodes = 0
    comprehension = False
    level = [root]
    while level:
        depth += 1
        nodes += len(level)
        following: list[bytes] = []
        for expression in level:
            children, found = _children(expression)
            comprehension = comprehension or found
            following += children
        level = following
    return TreeFacts(depth, nodes, comprehension)
