"""How long the doctor takes for each way of breaking the schema."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import psycopg

from lumbung.doctor import examine
from tests.lumbung.test_doctor import MUTANTS, admin  # noqa: F401 - admin is a fixture.


def test_every_mutant_is_caught_in_under_a_second(
    admin: psycopg.Connection[Any],  # noqa: F811 - the fixture of the same name.
    proved: Callable[[str], None],
) -> None:
    slowest = 0.0
    for name, (statement, expected) in MUTANTS.items():
        with admin.transaction(force_rollback=True):
            admin.execute(statement.encode())
            started = time.perf_counter()
            found = {finding.name for finding in examine(admin)}
            slowest = max(slowest, time.perf_counter() - started)
        assert expected in found, name
    assert slowest < 1
    proved(f"{len(MUTANTS)} of {len(MUTANTS)} mutants of the schema caught, the slowest in {slowest * 1000:.0f} ms.")
