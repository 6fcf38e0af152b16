"""Compiles CEL under the guards of the platform: length, depth, known names, no comprehension macros."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cel_expr_python import cel

from app_catalog.definitions.expressions.functions import FUNCTIONS
from app_catalog.definitions.expressions.names import CEL_TYPES, EVENT, Names
from app_catalog.definitions.expressions.tree import tree_facts
from app_catalog.definitions.model import ResultKind, Text
from app_catalog.definitions.problems import suggest

MAX_LENGTH = 1000
MAX_DEPTH = 24
MAX_NESTING = 24
ROOTS = (
    "record",
    "old",
    "actor",
    "settings",
    "aggregates",
    "lookups",
    "children",
    "asks",
    "each",
    "event",
    "now",
    "today",
)
PRESENT = "has_"
# All linear. A string literal of CEL ends at its own quote; a raw or triple-quoted one is refused by what
# follows.
_STRING = re.compile(r"'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"")
_HAS = re.compile(r"\bhas\((\s*)((?:record|old|actor|settings|lookups|asks)(?:\.[a-z0-9_]+)+)(\s*)\)")
_NAME = re.compile(
    r"(?<![\w.])(record|old|actor|settings|aggregates|lookups|children|asks|each|event|now|today)\b((?:\.[A-Za-z_]\w*)*)(\s*\()?"
)
_ERROR = re.compile(r"ERROR: <input>:(\d+):(\d+): ([^\n]*)")
_COLUMN = re.compile(r"\]\s*\.\s*([A-Za-z_]\w*)(\s*\()?")
_RESULTS = {
    "bool": ("BOOL", "DYN"),
    "string": ("STRING", "DYN"),
    "duration": ("STRING", "DYN"),
    "whole": ("INT", "DYN"),
    "number": ("INT", "UINT", "DOUBLE", "DYN"),
    "moment": ("TIMESTAMP", "DYN"),
    "list": ("LIST<STRING>", "LIST<DYN>", "DYN"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an expression; ``line`` and ``column`` count from 1 within it."""

    code: str
    line: int = 1
    column: int = 1
    detail: str = ""
    suggestion: Text = Text({"id": "", "en": ""})  # noqa: RUF009 - immutable


@dataclass(frozen=True, slots=True)
class Compiled:
    """A checked expression and the dotted names that it reads, ``has_…`` for presence."""

    program: cel.Expression
    names: tuple[str, ...]


class Compiler:
    """Compiles expressions in the scope of one record type (and one of its actions), or of the app alone."""

    def __init__(self, names: Names, record: str | None, action: str | None = None) -> None:
        self.types: Mapping[str, str] = names.types(record, action)
        self.tables = names.tables
        variables = {name: CEL_TYPES.get(kind, cel.Type.DYN) for name, kind in self.types.items()}
        self.variables = {
            **variables,
            **{PRESENT + name: cel.Type.BOOL for name in self.types if "." in name},
        }
        self.env = cel.NewEnv(variables=self.variables, functions=FUNCTIONS)

    def compile(self, source: str, kind: ResultKind = "any") -> Compiled | tuple[Fault, ...]:
        """The compiled expression, or everything that is wrong with it."""
        if len(source) > MAX_LENGTH:
            return (Fault("expression-too-long", detail=str(len(source))),)
        masked = _STRING.sub(lambda match: match[0][0] + "_" * (len(match[0]) - 2) + match[0][0], source)
        if _nesting(masked) > MAX_NESTING:
            return (Fault("expression-too-deep"),)
        faults = self._unknown_names(masked)
        if faults:
            return tuple(faults)
        rewritten = _rewrite_presence(source, masked)
        try:
            program = self.env.compile(rewritten)
        except RuntimeError as error:
            return _faults(str(error))
        return self._guarded(program, rewritten, kind)

    def _guarded(self, program: cel.Expression, rewritten: str, kind: ResultKind) -> Compiled | tuple[Fault, ...]:
        facts = tree_facts(program.serialize())
        if facts.has_comprehension:
            return (Fault("expression-comprehension"),)
        if facts.depth > MAX_DEPTH:
            return (Fault("expression-too-deep"),)
        result = program.return_type().name()
        if kind in _RESULTS and result not in _RESULTS[kind]:
            return (Fault("expression-result", detail=f"{result.lower()} ≠ {kind}"),)
        return Compiled(program, tuple(name for name in self.variables if name in rewritten))

    def _unknown_names(self, masked: str) -> list[Fault]:
        faults = []
        for match in _NAME.finditer(masked):
            parts = (match[1] + match[2]).split(".")
            if match[3] and len(parts) > 1:
                parts.pop()
            name = ".".join(parts)
            line, column = _position(masked, match.start())
            if not self._declared(name):
                near = suggest(name, (known for known in self.types if known.startswith(match[1])))
                faults.append(Fault("expression-unknown-name", line, column, name, near))
            elif self.types.get(name) == "table":
                faults += self._unknown_column(masked, match.end(), name)
        return faults

    def _declared(self, name: str) -> bool:
        return name in self.types or (name.startswith(f"{EVENT}.") and EVENT in self.types)

    def _unknown_column(self, masked: str, at: int, name: str) -> list[Fault]:
        end = _closing(masked, at)
        match = _COLUMN.match(masked, end) if end is not None else None
        columns = self.tables.get(name.removeprefix("settings."), {})
        if match is None or match[2] or match[1] in columns:
            return []
        line, column = _position(masked, match.start(1))
        return [Fault("expression-unknown-name", line, column, match[1], suggest(match[1], columns))]


def _rewrite_presence(source: str, masked: str) -> str:
    """``has(record.x)`` becomes the variable ``has_record.x``, as long as before, so that columns stay true.

    Names are declared with their dots, and CEL's own ``has`` tests a field of a declared value only.
    """
    out = list(source)
    for match in _HAS.finditer(masked):
        padded = match[1] + PRESENT + match[2] + match[3]
        out[match.start() : match.end()] = padded + " " * (len(match[0]) - len(padded))
    return "".join(out)


def _nesting(masked: str) -> int:
    deepest = depth = 0
    for char in masked:
        depth += (char in "([{") - (char in ")]}")
        deepest = max(deepest, depth)
    return deepest


def _closing(masked: str, at: int) -> int | None:
    if at >= len(masked) or masked[at] != "[":
        return None
    depth = 0
    for index in range(at, len(masked)):
        depth += (masked[index] == "[") - (masked[index] == "]")
        if depth == 0:
            return index
    return None


def _position(text: str, at: int) -> tuple[int, int]:
    before = text[:at]
    return before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1


def _faults(message: str) -> tuple[Fault, ...]:
    if "recursion depth" in message:
        return (Fault("expression-too-deep"),)
    found = tuple(
        Fault("expression-invalid", int(line), int(column), _readable(detail))
        for line, column, detail in _ERROR.findall(message)
    )
    return found or (Fault("expression-invalid", detail=message.splitlines()[0]),)


def _readable(detail: str) -> str:
    """The library's words without the parser's list of everything that might have come next."""
    return detail.partition(" expecting ")[0].replace(" (in container '')", "").replace("'<EOF>'", "end of text")
