"""Months of whatever happens to records, at length: figures equal a plain recount, and forgetting changes none."""

from __future__ import annotations

from collections.abc import Callable

from tests.app_runtime.stage import Stage
from tests.app_runtime.test_any_month import stage, try_any_month
from tests.soak.conftest import amount

__all__ = ["stage"]


def test_figures_equal_a_recount_after_any_step_for_long(
    stage: Stage,
    proved: Callable[[str], None],
) -> None:
    examples = amount("EXAMPLES", 200)
    try_any_month(stage, examples)
    proved(f"{examples} runs of up to 25 steps: the figures equalled a recount by SQL after each, erasure included.")
