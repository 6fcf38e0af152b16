"""The long proofs: everything of the suite's fixtures, and a way to say at the end what was proved.

    make soak                        # all of it, hours
    make soak ARGS="-k kills"        # one proof
    make soak ARGS="-k kills" KILLS=50

Numbers that make a proof longer or shorter are read from the environment by `amount`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

PROVED = pytest.StashKey[list[str]]()
REPORT = Path(__file__).resolve().parents[2] / "test-results" / "soak.txt"


def amount(name: str, default: int) -> int:
    """How many or how long: the environment's word, or the usual number."""
    return int(os.environ.get(name) or default)


@pytest.fixture
def proved(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Say what was proved; printed at the end and kept in test-results/soak.txt."""
    lines = request.config.stash.setdefault(PROVED, [])

    def say(line: str) -> None:
        lines.append(line)
        REPORT.parent.mkdir(parents=True, exist_ok=True)
        with REPORT.open("a", encoding="utf-8") as report:
            report.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M} {request.node.name}: {line}\n")

    return say


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print what was proved."""
    lines = config.stash.get(PROVED, [])
    if lines:
        terminalreporter.section("proved")
        for line in lines:
            terminalreporter.write_line(line)
