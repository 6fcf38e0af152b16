"""Ten thousand packages that were valid until some of their nodes changed."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.mutated_packages import judge_mutants
from tests.soak.conftest import amount


def test_no_mutant_crashes_the_checker(proved: Callable[[str], None]) -> None:
    count = amount("MUTANTS", 10_000)
    passed = judge_mutants(random.Random(2026), count)
    proved(f"{count:,} mutated packages judged without a crash; {passed:,} passed, and each of those compiled.")
