"""The whole loop, much longer than the suite has time for."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.app_runtime.test_whole_loop import loop
from tests.app_runtime.whole_loop import WholeLoop
from tests.soak.conftest import amount

__all__ = ["loop"]


def test_the_whole_loop_for_a_long_time(loop: type[WholeLoop], proved: Callable[[str], None]) -> None:
    examples, steps = amount("LOOP_EXAMPLES", 150), amount("LOOP_STEPS", 40)
    long = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    run_state_machine_as_test(loop, settings=long)
    proved(f"{examples} orders of up to {steps} steps of the whole loop, killed in any place: nothing was half done")
