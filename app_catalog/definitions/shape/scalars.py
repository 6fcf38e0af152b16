"""Kinds of single values."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import re2
import semver

from app_catalog.definitions.durations import DurationError, parse_duration
from app_catalog.definitions.model import ResultKind
from app_catalog.definitions.nodes import Node, ScalarNode
from app_catalog.definitions.problems import suggest
from app_catalog.definitions.shape.reading import MISSING, ExpressionUse, Path, Reading, Reference
from app_catalog.definitions.versions import VersionRangeError, parse_range

_ID = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*\Z")
_SIZE = re.compile(r"([0-9]{1,6}) ?(KB|MB)\Z")
_METRES = re.compile(r"([0-9]{1,6}) ?m\Z")
_PERCENT = re.compile(r"([0-9]{1,2}) ?%\Z")
_UNITS = {"KB": 1024, "MB": 1024 * 1024}
MAX_PATTERN = 200
MAX_PATTERNS = 100
"""How many patterns a package may have: each is compiled, which may take milliseconds."""


def is_id(text: str) -> bool:
    """Whether ``text`` is a stable id: small letters and digits, parts joined by ``-`` or ``_``, at most
    60.
    """
    return len(text) <= 60 and _ID.match(text) is not None


@dataclass(frozen=True, slots=True)
class Words:
    """A plain string of at most ``max`` characters."""

    max: int = 200
    min: int = 1

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        if not isinstance(node, ScalarNode) or not isinstance(node.value, str):
            return reading.expected(("teks", "a text"), node, path)
        if not self.min <= len(node.value) <= self.max:
            reading.add("wrong-length", node, path, min=self.min, max=self.max, length=len(node.value))
            return MISSING
        return node.value


@dataclass(frozen=True, slots=True)
class Id:
    """A stable id."""

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        if not isinstance(node, ScalarNode) or not is_id(node.text):
            reading.add("bad-id", node, path, found=node.text if isinstance(node, ScalarNode) else "…")
            return MISSING
        return node.text


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number between ``min`` and ``max``."""

    min: int = 0
    max: int = 10**12

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        if not isinstance(node, ScalarNode) or type(node.value) is not int:
            return reading.expected(("bilangan bulat", "a whole number"), node, path)
        if not self.min <= node.value <= self.max:
            reading.add("out-of-range", node, path, min=self.min, max=self.max, found=node.value)
            return MISSING
        return node.value


@dataclass(frozen=True, slots=True)
class Boolean:
    """true or false."""

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        if not isinstance(node, ScalarNode) or type(node.value) is not bool:
            return reading.expected(("true atau false", "true or false"), node, path)
        return node.value


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of a fixed list of words; ``later`` are words of the contract that this version cannot run yet."""

    values: tuple[str, ...]
    later: tuple[str, ...] = ()

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        if not isinstance(node, ScalarNode) or node.value is None:
            words = ", ".join(self.values)
            return reading.expected((f"salah satu dari: {words}", f"one of: {words}"), node, path)
        if node.text in self.values:
            return node.text
        if node.text in self.later:
            reading.add("not-supported-yet", node, path, key=node.text)
        else:
            reading.add("unknown-value", node, path, found=node.text, suggestion=suggest(node.text, self.values))
        return MISSING


@dataclass(frozen=True, slots=True)
class Required:
    """``true``, ``false`` or ``on_form``; canonically ``always``, ``no``, ``on_form``."""

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        known = {"true": "always", "false": "no", "on_form": "on_form"}
        if not isinstance(node, ScalarNode) or node.text not in known:
            return reading.expected(("true, false, atau on_form", "true, false or on_form"), node, path)
        return known[node.text]


@dataclass(frozen=True, slots=True)
class DurationText:
    """An ISO 8601 duration as text; ``working`` allows ``P3WD``."""

    working: bool = True

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        text = node.text if isinstance(node, ScalarNode) else ""
        try:
            duration = parse_duration(text)
        except DurationError:
            reading.add("bad-duration", node, path, found=text or "…")
            return MISSING
        if duration.is_working and not self.working:
            reading.add("working-duration", node, path, found=text)
            return MISSING
        return text


@dataclass(frozen=True, slots=True)
class Version:
    """A SemVer 2.0 version."""

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        text = node.text if isinstance(node, ScalarNode) else ""
        if len(text) > 60 or not semver.Version.is_valid(text):
            reading.add("bad-version", node, path, found=text or "…")
            return MISSING
        return text


@dataclass(frozen=True, slots=True)
class VersionRange:
    """A range of versions such as ``>=1.0,<2``."""

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        text = node.text if isinstance(node, ScalarNode) else ""
        try:
            parse_range(text)
        except VersionRangeError:
            reading.add("bad-version-range", node, path, found=text or "…")
            return MISSING
        return text


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression in RE2's language."""

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        if not isinstance(node, ScalarNode) or not isinstance(node.value, str) or len(node.value) > MAX_PATTERN:
            return reading.expected(("pola RE2, paling banyak 200 huruf", "an RE2 pattern of up to 200"), node, path)
        reading.patterns += 1
        if reading.patterns > MAX_PATTERNS:
            reading.add("too-many", node, path, max=MAX_PATTERNS)
            return MISSING
        options = re2.Options()
        options.log_errors = False
        options.max_mem = 1 << 20
        try:
            re2.compile(node.value, options)
        except re2.error as error:
            detail = error.args[0] if error.args else ""
            reading.add("bad-pattern", node, path, detail=detail.decode() if isinstance(detail, bytes) else detail)
            return MISSING
        return node.value


@dataclass(frozen=True, slots=True)
class Measure:
    """A number with a unit: ``10MB`` (bytes), ``50m`` (metres) or ``75%``."""

    unit: str

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        text = node.text if isinstance(node, ScalarNode) else ""
        examples = {
            "size": ("ukuran seperti 10MB", "a size such as 10MB"),
            "metres": ("jarak seperti 50m", "a distance such as 50m"),
            "percent": ("persentase seperti 75%", "a percentage such as 75%"),
        }
        match = {"size": _SIZE, "metres": _METRES, "percent": _PERCENT}[self.unit].match(text)
        if match is None or int(match[1]) == 0:
            return reading.expected(examples[self.unit], node, path)
        return int(match[1]) * (_UNITS[match[2]] if self.unit == "size" else 1)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date and time with its offset, kept as text."""

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        text = node.text if isinstance(node, ScalarNode) else ""
        try:
            aware = datetime.fromisoformat(text).tzinfo is not None
        except ValueError:
            aware = False
        if not aware:
            what = (
                "waktu dengan selisih UTC, seperti 2026-01-05T08:00+07:00",
                "a time with its UTC offset, such as 2026-01-05T08:00+07:00",
            )
            return reading.expected(what, node, path)
        return text


@dataclass(frozen=True, slots=True)
class Expr:
    """A CEL expression that must give ``kind``; it is checked once the whole package is read."""

    kind: ResultKind = "any"

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        if not isinstance(node, ScalarNode) or not isinstance(node.value, str | bool | int) or node.text == "":
            return reading.expected(("syarat atau rumus (CEL)", "an expression (CEL)"), node, path)
        reading.expressions.append(ExpressionUse(node.text, self.kind, node, path, reading.scope))
        return node.text


@dataclass(frozen=True, slots=True)
class Ref:
    """The id of something defined elsewhere in the package; resolved once the whole package is read."""

    namespace: str
    extra: tuple[str, ...] = field(default=())

    def read(self, node: Node, path: Path, reading: Reading) -> Any:
        if not isinstance(node, ScalarNode) or not node.text:
            return reading.expected(("sebuah id", "an id"), node, path)
        if node.text not in self.extra:
            reading.references.append(Reference(self.namespace, node.text, node, path, reading.scope))
        return node.text
