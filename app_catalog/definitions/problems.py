"""What a check says: problems with file, line, path and remedy, in both languages, all at once."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal

from app_catalog.definitions.model import Text
from app_catalog.definitions.nodes import Node
from app_catalog.definitions.problem_texts import PROBLEM_TEXTS

Severity = Literal["error", "review", "warning"]
"""Keeps the package out; has a curator look before it is published; a person should look at it."""
MAX_PROBLEMS = 500
# Comparing words is the dearest part of a report: a package with hundreds of near misses among hundreds of names would
# take seconds. From here on the choices are listed, and nothing is guessed.
MAX_COMPARISONS = 5_000


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. ``line`` and ``column`` count from 1; 0 when the problem is the whole file.

    ``code`` is a public slug, never renamed. ``path`` is dotted (``workflow.states.received.tone``).
    """

    severity: Severity
    code: str
    file: str
    line: int
    column: int
    path: str
    message: Text
    remedy: Text

    def format(self, lang: str = "id") -> str:
        """One line for a terminal: file, line, column, path, message and remedy."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        path = f" [{self.path}]" if self.path else ""
        return f"{place}: {self.severity}{path} {self.message.text(lang)} {self.remedy.text(lang)}"


@dataclass(frozen=True, slots=True)
class Report:
    """All problems of a package, by file and line."""

    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep the package from being packed or published."""
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The problems that a person should look at."""
        return tuple(problem for problem in self.problems if problem.severity == "warning")

    @property
    def ok(self) -> bool:
        """Whether there is no error; warnings may remain."""
        return not self.errors


class PackageError(ValueError):
    """A package that cannot be used; ``report`` has every problem."""

    def __init__(self, report: Report) -> None:
        self.report = report
        first = report.errors[0].format("en") if report.errors else "unknown problem"
        super().__init__(f"{len(report.errors)} errors, the first: {first}")


@dataclass(slots=True)
class Problems:
    """Collects problems while a package is read; never raises."""

    found: list[Problem] = field(default_factory=list)
    comparisons: int = 0

    def add(
        self,
        code: str,
        place: "Node | str",
        path: Iterable[str] = (),
        *,
        severity: Severity = "error",
        line: int = 0,
        column: int = 0,
        **values: object,
    ) -> None:
        """Note problem ``code`` (its texts stand in ``problem_texts``) at a node or in a file."""
        if len(self.found) >= MAX_PROBLEMS:
            return
        file = place if isinstance(place, str) else place.file
        if not isinstance(place, str):
            line, column = line or place.line, column or place.column
        for value in values.values():
            if isinstance(value, Suggestion):
                self.comparisons += len(value.choices)
                value.guesses = self.comparisons <= MAX_COMPARISONS
        message, remedy = (_fill(text, values) for text in PROBLEM_TEXTS[code])
        problem = Problem(severity, code, file, line, column, ".".join(path), message, remedy)
        if problem not in self.found[-20:]:
            self.found.append(problem)

    def report(self) -> Report:
        """Everything found, in the order of files and lines."""
        return Report(tuple(sorted(self.found, key=lambda p: (p.file, p.line, p.column, p.code))))


def _fill(text: Mapping[str, str], values: Mapping[str, object]) -> Text:
    filled = {}
    for lang, template in text.items():
        shown = {
            key: value.text(lang) if isinstance(value, Text) else _shorten(str(value)) for key, value in values.items()
        }
        filled[lang] = template.format(**shown).strip()
    return Text(filled)


def _shorten(value: str) -> str:
    return value if len(value) <= 300 else value[:297] + "…"


class Suggestion(Text):
    """“Did you mean” for one word, made when it is read: most of what a hostile package asks for is never shown."""

    __slots__ = ("_known", "_made", "guesses", "word")

    def __init__(self, word: str, known: Iterable[str]) -> None:
        self.word, self.guesses = word, True
        self._known: Collection[str] = known if isinstance(known, Collection) else tuple(known)
        self._made: dict[str, str] | None = None

    @property
    def choices(self) -> Collection[str]:
        """What could have been meant."""
        return self._known

    @property
    def _values(self) -> dict[str, str]:  # type: ignore[override]
        if self._made is None:
            self._made = _did_you_mean(self.word if self.guesses else "", self._known)
        return self._made


def suggest(word: str, known: Iterable[str]) -> Suggestion:
    """“Did you mean”: the nearest of ``known``, or all of them when they are few, as one sentence."""
    return Suggestion(word, known)


def _did_you_mean(word: str, known: Iterable[str]) -> dict[str, str]:
    choices = sorted(str(choice) for choice in known)
    near = get_close_matches(word, choices, n=1, cutoff=0.6) if word else []
    if near:
        return {"id": f"Mungkin maksudnya “{near[0]}”?", "en": f"Did you mean “{near[0]}”?"}
    if not choices:
        return {"id": "Belum ada satu pun yang didefinisikan.", "en": "None are defined yet."}
    shown = ", ".join(choices[:30]) + (" …" if len(choices) > 30 else "")
    return {"id": f"Pilihan: {shown}.", "en": f"Choose one of: {shown}."}
