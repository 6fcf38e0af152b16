"""Hundreds of hostile packages: each is refused, or used to its worst, within a second and 256 MB."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
FEWEST = {"yaml": 120, "scalars": 120, "archives": 80, "formulas": 100, "many": 40, "drawings": 80}


def tried(group: str) -> list[dict[str, Any]]:
    """What became of each package of a group."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.app_catalog.hostile.trial", group],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def faults(results: list[dict[str, Any]]) -> list[str]:
    """The packages that were not treated as they should have been."""
    found = []
    for result in results:
        codes, expected = result.get("codes"), result["expected"]
        if codes is None:
            found.append(f"{result['name']}: {result['raised']}")
        elif expected == "refused":
            found += [f"{result['name']}: was accepted"] * (codes == ["accepted"])
        elif expected != "judged" and expected not in codes:
            found.append(f"{result['name']}: {expected} is not among {codes}")
    return found


@pytest.mark.parametrize("group", FEWEST)
def test_hostile_packages_do_no_harm(group: str) -> None:
    results = tried(group)
    assert faults(results) == []
    assert len(results) >= FEWEST[group]
    assert len({result["name"] for result in results}) == len(results)


def test_the_trial_sees_what_is_slow_or_large_or_wrongly_taken() -> None:
    found = faults(tried("proofs"))
    assert [fault.partition(":")[0] for fault in found] == ["busy", "greedy", "honest"]
    assert "killed by signal" in found[0]
    assert "MemoryError" in found[1]


def test_there_are_more_than_four_hundred() -> None:
    assert sum(FEWEST.values()) > 400
