"""Reads one YAML file into nodes, event by event, so that nothing hostile is ever built.

Refused before building: anchors, aliases, tags, directives, merge keys, duplicate keys, several documents,
depth over 20, more than 10,000 events, files over 256 KiB, characters that nobody sees; of a whole package, more than
20,000 events or 512 KiB. Scalars follow the core schema of YAML 1.2.2,
section 10.3.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from app_catalog.definitions.hidden_characters import hidden_character, shown_code
from app_catalog.definitions.nodes import ListNode, MapNode, Node, Scalar, ScalarNode
from app_catalog.definitions.problems import Problems
from app_catalog.definitions.remembered_trees import RememberedTrees

MAX_BYTES = 256 * 1024
MAX_DEPTH = 20
MAX_EVENTS = 10_000
# A package of many files, each within its own limits, would still take seconds.
MAX_PACKAGE_BYTES = 512 * 1024
MAX_PACKAGE_EVENTS = 20_000
MAX_INTEGER = 2**53 - 1

# These run on scalars of an untrusted file, and are linear: no nested repetition.
_INTEGER = re.compile(r"[-+]?[0-9]{1,17}\Z")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]{1,13}\Z")
_OCTAL = re.compile(r"0o[0-7]{1,17}\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?\Z")
_WORDS: dict[str, Scalar] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}

_TREES = RememberedTrees()


class _StopError(Exception):
    """The file cannot be read any further; the reason is already noted."""


def resolve_scalar(text: str) -> Scalar:
    """The value of a plain (unquoted) scalar."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.match(text) and abs(int(text)) <= MAX_INTEGER:
        return int(text)
    if _HEXADECIMAL.match(text):
        return int(text, 16)
    if _OCTAL.match(text):
        return int(text, 8)
    if len(text) <= 40 and _FLOAT.match(text) and any(c in text for c in ".eE"):
        return float(text) if abs(float(text)) < 1e300 else text
    return text


@dataclass(slots=True)
class YamlBudget:
    """What is left of the limits of a whole package while its files are read one after another."""

    bytes: int = MAX_PACKAGE_BYTES
    events: int = MAX_PACKAGE_EVENTS
    told: bool = False


@dataclass(slots=True)
class _Builder:
    """Builds nodes from events with an own stack; ``keys`` has the pending key of each open mapping."""

    file: str
    problems: Problems
    root: Node | None = None
    stack: list[MapNode | ListNode] = field(default_factory=list)
    keys: list[ScalarNode | None] = field(default_factory=list)
    documents: int = 0

    def take(self, event: Event) -> None:
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if isinstance(event, DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self.stop("yaml-several-documents", line, column)
            if event.version or event.tags:
                self.stop("yaml-directive", line, column)
        elif isinstance(event, AliasEvent):
            self.stop("yaml-alias", line, column, name=event.anchor)
        elif isinstance(event, ScalarEvent | MappingStartEvent | SequenceStartEvent):
            self.refuse_marks(event, line, column)
            self.begin(event, line, column)
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            self.stack.pop()
            self.keys.pop()

    def refuse_marks(self, event: Any, line: int, column: int) -> None:
        if event.anchor is not None:
            self.stop("yaml-anchor", line, column, name=event.anchor)
        # Asking for `event.tag` would decode it first, which takes seconds for a long one.
        if event.ctag is not None:
            name = f"{event.ctag.handle or ''}{event.ctag.suffix or ''}"
            self.stop("yaml-tag", line, column, name=name[:100])

    def begin(self, event: Any, line: int, column: int) -> None:
        node: Node
        if isinstance(event, ScalarEvent) and (hidden := hidden_character(event.value)) is not None:
            self.problems.add("hidden-character", self.file, line=line, column=column, found=shown_code(hidden[0]))
        if isinstance(event, ScalarEvent):
            quoted = event.style is not None
            value = event.value if quoted else resolve_scalar(event.value)
            node = ScalarNode(self.file, line, column, value, event.value, quoted)
        elif isinstance(event, MappingStartEvent):
            node = MapNode(self.file, line, column)
        else:
            node = ListNode(self.file, line, column)
        self.attach(node, line, column)
        if not isinstance(node, ScalarNode):
            if len(self.stack) >= MAX_DEPTH:
                self.stop("yaml-depth", line, column, limit=MAX_DEPTH)
            self.stack.append(node)
            self.keys.append(None)

    def attach(self, node: Node, line: int, column: int) -> None:
        if not self.stack:
            self.root = node
            return
        parent = self.stack[-1]
        if isinstance(parent, ListNode):
            parent.items.append(node)
            return
        pending = self.keys[-1]
        if pending is None:
            self.take_key(parent, node, line, column)
            return
        self.keys[-1] = None
        if isinstance(node, ScalarNode) and not node.text and not node.literal:
            # The reader places a value that is not there at whatever comes next; its key is where to look.
            node = replace(node, line=pending.line, column=pending.column)
        if pending.text not in parent.entries:
            parent.entries[pending.text] = node
            parent.keys[pending.text] = pending

    def take_key(self, parent: MapNode, node: Node, line: int, column: int) -> None:
        if not isinstance(node, ScalarNode):
            self.stop("yaml-key-not-text", line, column)
        elif node.text == "<<" and not node.literal:
            self.stop("yaml-merge-key", line, column)
        else:
            if node.text in parent.entries:
                first = parent.keys[node.text].line
                self.problems.add("yaml-duplicate-key", node, (node.text,), key=node.text, first=first)
            self.keys[-1] = node

    def stop(self, code: str, line: int, column: int, **values: Any) -> None:
        self.problems.add(code, self.file, line=line, column=column, **values)
        raise _StopError


def _events(text: str) -> Iterator[Event]:
    yaml = YAML(typ="safe", pure=True)
    yield from yaml.parse(text)


def read_yaml(file: str, data: bytes, problems: Problems, budget: YamlBudget | None = None) -> Node | None:
    """The tree of ``data``; None when it cannot be read, with the reason in ``problems``.

    ``budget`` is that of the whole package, which this file spends from.
    """
    budget = budget or YamlBudget()
    remembered = _TREES.find(file, data)
    if remembered is not None:
        root, events = remembered
        if budget.bytes >= len(data) and budget.events >= events:
            budget.bytes -= len(data)
            budget.events -= events
            return root
    before, already = budget.events, len(problems.found)
    read = _read(file, data, problems, budget)
    if read is not None and len(problems.found) == already:
        _TREES.keep(file, data, read, before - budget.events)
    return read


def _read(file: str, data: bytes, problems: Problems, budget: YamlBudget) -> Node | None:
    if len(data) > MAX_BYTES:
        problems.add("file-too-large", file, limit="256 KB")
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        problems.add("file-not-utf8", file, line=line, column=1)
        return None
    budget.bytes -= len(data)
    builder = _Builder(file, problems)
    try:
        _refuse_hidden(builder, text)
        for count, event in enumerate(_events(text)):
            budget.events -= 1
            if count > MAX_EVENTS:
                builder.stop("yaml-too-long", event.start_mark.line + 1, 1, limit=MAX_EVENTS)
            if budget.events < 0 or budget.bytes < 0:
                _refuse_rest(builder, budget)
            builder.take(event)
    except _StopError:
        return None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problems.add("yaml-syntax", file, line=line, column=column, detail=error.problem or error.context or "")
        return None
    except (YAMLError, ValueError) as error:
        problems.add("yaml-syntax", file, line=1, column=1, detail=str(error).splitlines()[0])
        return None
    if builder.root is None:
        problems.add("file-empty", file)
    return builder.root


def _refuse_hidden(builder: _Builder, text: str) -> None:
    """Comments too: what a reviewer reads must be what the machine reads."""
    hidden = hidden_character(text.removeprefix("\ufeff"))
    if hidden is not None:
        before = text[: text.index(hidden[0], text.startswith("\ufeff"))]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        builder.stop("hidden-character", line, column, found=shown_code(hidden[0]))


def _refuse_rest(builder: _Builder, budget: YamlBudget) -> None:
    if not budget.told:
        budget.told = True
        limit = f"{MAX_PACKAGE_BYTES // 1024} KB, {MAX_PACKAGE_EVENTS}"
        builder.problems.add("package-too-long", builder.file, limit=limit)
    raise _StopError
