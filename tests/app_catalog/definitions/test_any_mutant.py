"""Valid packages with any of their nodes changed: the check always answers, and what it passes compiles."""

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.mutated_packages import judge_mutants


@given(st.integers(0, 2**32))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_mutant_is_judged_and_never_crashes(seed: int) -> None:
    judge_mutants(random.Random(seed), 1)


def test_some_mutants_pass_and_most_are_refused() -> None:
    passed = judge_mutants(random.Random(5), 40)
    assert 0 < passed < 30
