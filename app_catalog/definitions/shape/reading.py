"""What reading a package by its shape gives beside values: problems, references and expressions to check
later.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from app_catalog.definitions.model import ResultKind, Text
from app_catalog.definitions.nodes import ListNode, MapNode, Node, ScalarNode
from app_catalog.definitions.problems import Problems, Severity

Path = tuple[str, ...]


class _Missing:
    """The value of something that could not be read; the reason is among the problems."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing()


@dataclass(frozen=True, slots=True)
class Reference:
    """A place that names something defined elsewhere."""

    namespace: str
    id: str
    node: Node
    path: Path
    scope: str | None


@dataclass(frozen=True, slots=True)
class ExpressionUse:
    """A place that holds a CEL expression."""

    source: str
    kind: ResultKind
    node: ScalarNode
    path: Path
    scope: str | None


@dataclass(frozen=True, slots=True)
class LiquidUse:
    """A place that holds a Liquid text."""

    source: str
    node: Node
    path: Path


@dataclass(frozen=True, slots=True)
class WhereUse:
    """A place that holds a structured filter over the record type in scope."""

    node: MapNode
    path: Path
    scope: str | None


@dataclass(slots=True)
class Reading:
    """Collects while files are read; ``scope`` is the record type that the current file speaks of."""

    problems: Problems
    references: list[Reference] = field(default_factory=list)
    expressions: list[ExpressionUse] = field(default_factory=list)
    liquids: list[LiquidUse] = field(default_factory=list)
    wheres: list[WhereUse] = field(default_factory=list)
    patterns: int = 0
    scope: str | None = None

    def add(self, code: str, node: Node, path: Path, *, severity: Severity = "error", **values: Any) -> None:
        """Note a problem at a node."""
        self.problems.add(code, node, path, severity=severity, **values)

    def expected(self, what: tuple[str, str], node: Node, path: Path) -> _Missing:
        """Note that something else was expected here, in both languages; gives ``MISSING``."""
        self.add("wrong-kind", node, path, expected=Text({"id": what[0], "en": what[1]}), found=describe(node))
        return MISSING

    @contextmanager
    def within(self, scope: str | None) -> Iterator[None]:
        """Read with another record type in scope."""
        before, self.scope = self.scope, scope
        try:
            yield
        finally:
            self.scope = before


class Kind(Protocol):
    """A kind of value: checks a node and gives its canonical value, or ``MISSING`` with a problem noted."""

    def read(self, node: Node, path: Path, reading: Reading) -> Any: ...


def describe(node: Node) -> str:
    """What stands at a node, short, for messages."""
    if isinstance(node, MapNode):
        return "{…}"
    if isinstance(node, ListNode):
        return "[…]"
    return node.text[:60] if node.value is not None else "null"
