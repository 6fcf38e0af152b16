"""Evaluates the expressions of a compiled definition."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import lru_cache
from threading import Lock
from typing import Any

from cel_expr_python import cel

from app_catalog.definitions.durations import DurationError, parse_duration
from app_catalog.definitions.expressions.compiling import PRESENT, Compiled, Compiler
from app_catalog.definitions.expressions.names import Names
from app_catalog.definitions.model import SEVERAL, Definition, Expression, Text

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# What an absent value reads as; has() tells it from a value that is really so.
_DEFAULTS: dict[str, Any] = {
    "integer": 0,
    "decimal": 0.0,
    "money": 0,
    "average": 0.0,
    "boolean": False,
    "date": _EPOCH,
    "datetime": _EPOCH,
    "point": [],
    "files": [],
    "strings": [],
    "choices": [],
    "agencies": [],
    "persons": [],
    "path": [],
    "group": {},
    "list": [],
    "table": {},
}
_RESULT_TYPES: dict[str, tuple[type, ...]] = {
    "bool": (bool,),
    "string": (str,),
    "duration": (str,),
    "whole": (int,),
    "number": (int, float),
    "moment": (datetime,),
    "list": (list,),
}
_NUMBERS: dict[str, Callable[[Any], Any]] = {
    "decimal": float,
    "point": lambda value: [float(part) for part in value],
    "path": lambda value: [[float(part) for part in point] for point in value],
}
_LISTS = frozenset({"files", "strings", *SEVERAL})
MAX_TEXT = 20_000
_ERROR_WORDS = re.compile("(?:[A-Z_]+: )?[A-Za-z ]+")
_MOST_TABLES = 1_024


@dataclass(frozen=True, slots=True)
class Scope:
    """The values that an expression sees.

    ``record`` and ``old`` map field ids, built-in attributes and ``clocks`` (``{id: {"due": …, "state":
    …}}``) to values; ``actor`` has ``id``, ``roles``, ``agency``; ``settings`` the effective settings.
    ``aggregates`` has a figure by id, ``lookups`` the values of the record that each found.
    ``children`` maps each kind of children to ``{"done": …, "count": …, "open": …}``, ``asks`` the answers to an
    action; ``each`` is what a child is opened for. Values left out or None are absent. ``now`` is aware; ``today`` is
    the municipality's date.
    """

    now: datetime
    today: date
    record: Mapping[str, Any] = field(default_factory=dict)
    old: Mapping[str, Any] = field(default_factory=dict)
    actor: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    aggregates: Mapping[str, Any] = field(default_factory=dict)
    lookups: Mapping[str, Any] = field(default_factory=dict)
    children: Mapping[str, Any] = field(default_factory=dict)
    asks: Mapping[str, Any] = field(default_factory=dict)
    each: str = ""
    event: Mapping[str, Any] = field(default_factory=dict)
    refer: Callable[[str], Mapping[str, Any] | None] = lambda _: None
    """The values of a record that is named, by its id."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an expression gave. With ``error`` the value is None and ``holds`` is False; show and log the
    error.
    """

    value: Any
    error: str | None = None

    @property
    def holds(self) -> bool:
        """Whether a condition is met; an error counts as not."""
        return self.error is None and self.value is True


Known = dict[Expression, tuple[dict[str, Any], Outcome]]
"""Outcomes by expression, each with the values that it was worked out from."""


class Evaluator:
    """Evaluates expressions of one definition, compiling each once; safe to share between threads."""

    def __init__(self, definition: Definition) -> None:
        self._definition = definition
        self._names = Names.of_definition(definition)
        self._compilers: dict[tuple[str | None, str | None], Compiler] = {}
        self._compiled: dict[Expression, Compiled | str] = {}
        self._tables: dict[tuple[str, int], tuple[Mapping[str, Any], dict[str, dict[str, Any]]]] = {}
        self._lock = Lock()

    def evaluate(self, expression: Expression, scope: Scope, known: Known | None = None) -> Outcome:
        """The value of ``expression`` in ``scope``; never raises for what a package or its data does
        wrong.

        ``known`` remembers outcomes of one piece of work: an expression that reads the same values as the
        last time is not evaluated again.
        """
        compiled = self._compiled.get(expression) or self._compile(expression)
        if isinstance(compiled, str):
            return Outcome(None, compiled)
        types = self._compilers[expression.record, expression.action].types
        data = {name: self._value(name, types, scope) for name in compiled.names}
        if known is None:
            return _outcome(compiled, data, expression)
        before = known.get(expression)
        if before is not None and before[0] == data:
            return before[1]
        outcome = _outcome(compiled, data, expression)
        known[expression] = (data, outcome)
        return outcome

    def _compile(self, expression: Expression) -> Compiled | str:
        with self._lock:
            place = (expression.record, expression.action)
            if place not in self._compilers:
                self._compilers[place] = Compiler(self._names, *place)
            made = self._compilers[place].compile(expression.source, expression.kind)
            compiled = made if isinstance(made, Compiled) else f"{made[0].code}: {made[0].detail}"
            self._compiled[expression] = compiled
            return compiled

    def _value(self, name: str, types: Mapping[str, str], scope: Scope) -> Any:
        if name.startswith(PRESENT):
            return self._find(name.removeprefix(PRESENT), scope) not in (None, "", [], {})
        kind = types[name]
        found = self._find(name, scope)
        if kind == "table":
            return self._table(name.removeprefix("settings."), found or {})
        return _DEFAULTS.get(kind, "") if found is None else _cel_value(found, kind)

    def _find(self, name: str, scope: Scope) -> Any:
        root, *path = name.split(".")
        found: Any = getattr(scope, root)
        for step in path:
            if isinstance(found, str):
                # The id of a record that is named; what stands behind the dot is that one's.
                found = scope.refer(found)
            found = found.get(step) if isinstance(found, Mapping) else None
        if found is None and root == "settings":
            spec = self._definition.settings.get(path[0])
            found = spec.default if spec else None
        return found

    def _table(self, setting: str, rows: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        # Settings that stand are given as the very same rows every time, and nobody changes them. They are held on to:
        # as long as they live, no others have their id.
        made_before = self._tables.get((setting, id(rows)))
        if made_before is not None:
            return made_before[1]
        made = self._made_table(setting, rows)
        if len(self._tables) >= _MOST_TABLES:
            self._tables.clear()
        self._tables[setting, id(rows)] = (rows, made)
        return made

    def _made_table(self, setting: str, rows: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        columns = self._definition.settings[setting].columns
        return {
            row: {
                # CEL holds no moments inside of maps, so that a date or a moment in a table is its ISO text.
                column.id: _DEFAULTS.get(kind, "")
                if (cell := cells.get(column.id, column.default)) is None
                else _cel_value(cell, kind)
                for column in columns.values()
                for kind in ("text" if column.type in ("date", "datetime") else column.type,)
            }
            for row, cells in rows.items()
        }


def _outcome(compiled: Compiled, data: dict[str, Any], expression: Expression) -> Outcome:
    try:
        result = compiled.program.eval(data=data)
    except (RuntimeError, TypeError, ValueError, OverflowError) as error:
        return Outcome(None, _without_values(str(error)))
    if result.type() == cel.Type.ERROR:
        return Outcome(None, _without_values(str(result.value())))
    return _typed(result.plain_value(), expression)


def _without_values(error: str) -> str:
    """What went wrong, without the value that it went wrong with: errors are logged and kept, values may be anybody's.

    The library writes values last, behind a colon or in quotes.
    """
    words = _ERROR_WORDS.match(error)
    return words[0].rstrip(" :") if words else "error"


def _cel_value(value: Any, kind: str) -> Any:
    if kind == "date" and isinstance(value, str):
        value = date.fromisoformat(value)
    if kind == "datetime" and isinstance(value, str):
        return datetime.fromisoformat(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time.min, UTC)
    if kind in _NUMBERS:
        return _NUMBERS[kind](value)
    if kind in _LISTS:
        return [str(part) for part in value]
    if kind == "list":
        return [_cel_value(row, "group") for row in value]
    if kind == "group":
        return {key: member for key, member in value.items() if member is not None}
    if kind == "average":
        return float(value)
    if kind in ("integer", "money", "boolean") or isinstance(value, datetime):
        return value
    return (Text(value).text("id") if isinstance(value, Mapping) else str(value))[:MAX_TEXT]


def _typed(value: Any, expression: Expression) -> Outcome:
    expected = _RESULT_TYPES.get(expression.kind)
    if expected and not isinstance(value, expected):
        return Outcome(None, f"expected {expression.kind}, got {type(value).__name__}")
    if expression.kind == "duration":
        try:
            parse_duration(value)
        except DurationError:
            return Outcome(None, "expected a duration")
    return Outcome(value)


@lru_cache(maxsize=256)
def _by_digest(digest: str, holder: "_Holder") -> Evaluator:
    return Evaluator(holder.definition)


class _Holder:
    """Carries a definition past the cache's key: two definitions of one digest are the same."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Holder) and other.definition.digest == self.definition.digest

    def __hash__(self) -> int:
        return hash(self.definition.digest)


def evaluator_for(definition: Definition) -> Evaluator:
    """The shared evaluator of a definition, kept by its digest."""
    return _by_digest(definition.digest, _Holder(definition))
