"""Kinds of values that hold other values: texts, lists, sets, maps, and tables of keys."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app_catalog.definitions.nodes import ListNode, MapNode, Node, ScalarNode
from app_catalog.definitions.problems import suggest
from app_catalog.definitions.shape.reading import (
    MISSING,
    Kind,
    LiquidUse,
    Path,
    Reading,
    Reference,
    describe,
)
from app_catalog.definitions.shape.scalars import is_id

LANGUAGES = ("id", "en", "jv", "su", "ban", "mad", "min", "bug", "ace", "bjn", "ms")
ORDER_STEP = 10
Also = Callable[[dict[str, Any], MapNode, Path, Reading], None]


@dataclass(frozen=True, slots=True)
class TextByLanguage:
    """A text or a map by language, canonically a map. ``translated`` warns when the English is missing."""

    max: int = 400
    translated: bool = True
    liquid: bool = False

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        if isinstance(node, ScalarNode) and isinstance(node.value, str | int | float) and node.text.strip():
            values = {"id": self.one(node, path, reading)}
        elif isinstance(node, MapNode) and node.entries:
            values = {lang: self.one(child, (*path, lang), reading) for lang, child in node.entries.items()}
            for lang, key, _ in node.pairs():
                if lang not in LANGUAGES:
                    reading.add(
                        "unknown-language",
                        key,
                        (*path, lang),
                        found=lang,
                        suggestion=suggest(lang, LANGUAGES),
                    )
        else:
            return reading.expected(("teks, atau teks per bahasa", "a text, or texts by language"), node, path)
        if self.translated and "en" not in values:
            reading.add("text-without-english", node, path, severity="warning")
        return {lang: value for lang, value in values.items() if value is not MISSING} or MISSING

    def one(self, node: Node, path: Path, reading: Reading) -> Any:
        """The text in one language."""
        if not isinstance(node, ScalarNode) or node.value is None or not node.text.strip():
            return reading.expected(("teks yang tidak kosong", "a text that is not empty"), node, path)
        if len(node.text) > self.max:
            reading.add("wrong-length", node, path, min=1, max=self.max, length=len(node.text))
            return MISSING
        if self.liquid:
            reading.liquids.append(LiquidUse(node.text, node, path))
        return node.text


def _items(node: Node) -> list[Node]:
    return node.items if isinstance(node, ListNode) else [node]


def _item_path(path: Path, item: Node, index: int) -> Path:
    return (*path, item.text if isinstance(item, ScalarNode) else str(index))


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list in its order; a single value stands for a list of one."""

    item: Kind
    max: int = 200

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        items = _items(node)
        if len(items) > self.max:
            reading.add("too-many", node, path, max=self.max)
            return MISSING
        read = [self.item.read(item, _item_path(path, item, index), reading) for index, item in enumerate(items)]
        return [value for value in read if value is not MISSING]


@dataclass(frozen=True, slots=True)
class SetOf:
    """Ids of which each counts once; canonically a map from id to true, or to its place when ``ordered``."""

    item: Kind
    ordered: bool = False
    empty: bool = False
    max: int = 100

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        items = _items(node)
        if isinstance(node, MapNode):
            # The kind of the items knows best what should stand here instead.
            return self.item.read(node, path, reading)
        if (not items and not self.empty) or len(items) > self.max:
            reading.add("empty-list" if not items else "too-many", node, path, max=self.max)
            return MISSING
        found: dict[str, Any] = {}
        for index, item in enumerate(items):
            value = self.item.read(item, _item_path(path, item, index), reading)
            if value is MISSING:
                continue
            if value in found:
                reading.add("listed-twice", item, _item_path(path, item, index), found=value)
            found.setdefault(value, (len(found) + 1) * ORDER_STEP if self.ordered else True)
        return found


@dataclass(frozen=True, slots=True)
class AllOr:
    """The word ``all``, or another kind."""

    other: Kind

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        if isinstance(node, ScalarNode) and node.text == "all":
            return "all"
        return self.other.read(node, path, reading)


@dataclass(frozen=True, slots=True)
class MapOf:
    """A map keyed by stable ids. When ``ordered`` every value gets an integer ``order``.

    ``wrap`` puts a value that is not a map of keys (a label) under that key, to make room for the order.
    """

    value: Kind
    ordered: bool = True
    wrap: str = ""
    min: int = 0
    max: int = 200
    keys: str = ""

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        if not isinstance(node, MapNode):
            return reading.expected(("peta dengan id sebagai kunci", "a map keyed by id"), node, path)
        if not self.min <= len(node.entries) <= self.max:
            reading.add("wrong-count", node, path, min=self.min, max=self.max, found=len(node.entries))
        found: dict[str, Any] = {}
        for index, (key, key_node, child) in enumerate(node.pairs()):
            if not is_id(key) or key == "order":
                reading.add("bad-id", key_node, (*path, key), found=key)
                continue
            if self.keys:
                reading.references.append(Reference(self.keys, key, key_node, (*path, key), reading.scope))
            value = self.value.read(child, (*path, key), reading)
            if value is not MISSING:
                found[key] = self.placed(value, index)
        return found

    def placed(self, value: Any, index: int) -> Any:
        """The value with its place among the others."""
        if not self.ordered:
            return value
        value = {self.wrap: value} if self.wrap else value
        value.setdefault("order", (index + 1) * ORDER_STEP)
        return value


@dataclass(frozen=True, slots=True)
class Keys:
    """A map with known keys. ``later`` are keys of the contract that this version cannot run yet.

    ``one_of`` are keys of which exactly one must stand. ``also`` checks what one key cannot know of another.
    """

    required: Mapping[str, Kind] = field(default_factory=dict)
    optional: Mapping[str, Kind] = field(default_factory=dict)
    later: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    also: tuple[Also, ...] = ()
    scoped_by: str = ""

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        if not isinstance(node, MapNode):
            known = ", ".join([*self.required, *self.optional][:12])
            return reading.expected((f"peta dengan kunci {known}", f"a map with the keys {known}"), node, path)
        scope = node.entries.get(self.scoped_by) if self.scoped_by else None
        inner = scope.text if isinstance(scope, ScalarNode) else reading.scope
        with reading.within(inner):
            found = self.read_keys(node, path, reading)
            self.check_presence(node, path, reading)
            for check in self.also:
                check(found, node, path, reading)
        return found

    def read_keys(self, node: MapNode, path: Path, reading: Reading) -> dict[str, Any]:
        """The canonical value of every known key."""
        kinds = {**self.required, **self.optional}
        found = {}
        for key, key_node, child in node.pairs():
            if key in kinds:
                value = kinds[key].read(child, (*path, key), reading)
                if value is not MISSING:
                    found[key] = value
            elif key in self.later:
                reading.add("not-supported-yet", key_node, (*path, key), key=key)
            else:
                hint = suggest(key, kinds)
                reading.add("unknown-key", key_node, (*path, key), key=key, suggestion=hint)
        return found

    def check_presence(self, node: MapNode, path: Path, reading: Reading) -> None:
        """Note what must stand and does not."""
        for key in self.required:
            if key not in node.entries:
                reading.add("missing-key", node, (*path, key), key=key)
        if self.one_of:
            present = [key for key in self.one_of if key in node.entries]
            if len(present) > 1 or (not present and not any(key in node.entries for key in self.later)):
                reading.add("exactly-one", node, path, keys=", ".join(self.one_of))


@dataclass(frozen=True, slots=True)
class Variant:
    """A map whose other keys depend on the word under ``tag``."""

    tag: str
    cases: Mapping[str, Keys]
    later: tuple[str, ...] = ()

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        if not isinstance(node, MapNode):
            return reading.expected((f"peta dengan kunci {self.tag}", f"a map with the key {self.tag}"), node, path)
        word = node.entries.get(self.tag)
        if word is None:
            reading.add("missing-key", node, (*path, self.tag), key=self.tag)
            return MISSING
        name = describe(word)
        if name in self.later:
            reading.add("not-supported-yet", word, (*path, self.tag), key=name)
            return MISSING
        if name not in self.cases:
            hint = suggest(name, self.cases)
            reading.add("unknown-value", word, (*path, self.tag), found=name, suggestion=hint)
            return MISSING
        return self.cases[name].read(node, path, reading)


@dataclass(frozen=True, slots=True)
class OneKey:
    """A map with exactly one key, which says what its value is: the steps and checks of a scenario."""

    cases: Mapping[str, Kind]
    later: tuple[str, ...] = ()

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        known = ", ".join(self.cases)
        if not isinstance(node, MapNode) or len(node.entries) != 1:
            return reading.expected((f"satu dari: {known}", f"one of: {known}"), node, path)
        return Keys(optional=self.cases, later=self.later).read(node, path, reading)


@dataclass(frozen=True, slots=True)
class PlainMap:
    """A map of plain data by name."""

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        if not isinstance(node, MapNode):
            return reading.expected(("peta per nama", "a map by name"), node, path)
        return Plain().read(node, path, reading)


@dataclass(frozen=True, slots=True)
class Plain:
    """Plain data, as in JSON, without nulls."""

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        if isinstance(node, MapNode):
            read = {key: self.read(child, (*path, key), reading) for key, child in node.entries.items()}
            return {key: value for key, value in read.items() if value is not MISSING}
        if isinstance(node, ListNode):
            items = [self.read(child, (*path, str(i)), reading) for i, child in enumerate(node.items)]
            return [item for item in items if item is not MISSING]
        if node.value is None:
            return reading.expected(("sebuah nilai", "a value"), node, path)
        return node.value
