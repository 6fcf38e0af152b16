"""Running a package's scenarios: a protocol that the runtime fulfils (ADR: imports go one way)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from flask import Flask, current_app

from app_catalog.definitions.model import Definition
from lumbung.db.tenancy import AnySession
from lumbung.errors import Unavailable
from lumbung.i18n import Text

_EXTENSION = "lumbung_scenario_runner"


@dataclass(frozen=True, slots=True)
class Failure(Text):
    """One thing that went otherwise, as a sentence, and where it stands in the scenario.

    ``part`` is ``when`` or ``then`` with ``number`` counting from 1, or ``story`` for how it all went; ``expected`` and
    ``found`` are the halves of the sentence where there are two.
    """

    part: Literal["", "when", "then", "story"] = ""
    number: int = 0
    expected: Text | None = None
    found: Text | None = None

    @classmethod
    def instead(cls, expected: Text, found: Text) -> Failure:
        """The failure of a check that expected one thing and found another."""
        return cls(
            f"Diharapkan {expected.id}; yang terjadi: {found.id.removesuffix('.')}.",
            f"Expected {expected.en}; instead {found.en.removesuffix('.')}.",
            expected=expected,
            found=found,
        )

    @classmethod
    def of_text(cls, text: Text, part: Literal["", "when", "then", "story"], number: int = 0) -> Failure:
        """The same text with its place."""
        return cls(text.id, text.en, part, number, getattr(text, "expected", None), getattr(text, "found", None))


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """One scenario: its id (file name), its name, whether it passed, and what happened instead."""

    id: str
    name: Mapping[str, str]
    passed: bool
    failures: tuple[Failure, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The result as it is kept with the release."""
        return {
            "id": self.id,
            "name": dict(self.name),
            "passed": self.passed,
            "failures": [{"id": failure.id, "en": failure.en} for failure in self.failures],
        }


@dataclass(frozen=True, slots=True)
class ScenarioReport:
    """The results of all scenarios of a package, in their order."""

    results: tuple[ScenarioResult, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every scenario passed; a package without scenarios passes."""
        return all(result.passed for result in self.results)


class ScenarioRunner(Protocol):
    """Runs every scenario of a definition in a transaction of its own that is rolled back."""

    def run(self, session: AnySession, definition: Definition) -> ScenarioReport: ...


def install_scenario_runner(app: Flask, runner: ScenarioRunner) -> None:
    """From now on submitted packages are tried with `runner`."""
    app.extensions[_EXTENSION] = runner


@contextmanager
def trying_with(app: Flask, runner: ScenarioRunner) -> Iterator[None]:
    """Inside the block packages are tried with `runner`, afterwards as before."""
    before = app.extensions.get(_EXTENSION)
    app.extensions[_EXTENSION] = runner
    try:
        yield
    finally:
        app.extensions[_EXTENSION] = before


def run_scenarios(session: AnySession, definition: Definition) -> ScenarioReport:
    """The results of the package's scenarios.

    Raises Unavailable when no runner is wired: nothing is published untried. Only an application under test may
    do without.
    """
    runner: ScenarioRunner | None = current_app.extensions.get(_EXTENSION)
    if runner is not None:
        return runner.run(session, definition)
    if current_app.testing:
        return ScenarioReport()
    raise Unavailable(
        Text(
            "Skenario paket belum dapat dijalankan di pemasangan ini.",
            "The package's scenarios cannot be run on this installation.",
        )
    )
