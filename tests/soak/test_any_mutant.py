"""Ten thousand packages that were valid until some of their nodes changed, and hundreds of those that still are."""

from __future__ import annotations

import random
from collections.abc import Callable

from lumbung.web.sites import LumbungFlask
from tests.mutated_packages import judge_mutants
from tests.running_mutants import Sessions, run_accepted
from tests.soak.conftest import amount


def test_no_mutant_crashes_the_checker(proved: Callable[[str], None]) -> None:
    count = amount("MUTANTS", 10_000)
    passed = judge_mutants(random.Random(2026), count)
    proved(f"{count:,} mutated packages judged without a crash; {passed:,} passed, and each of those compiled.")


def test_every_mutant_that_is_accepted_runs(
    app: LumbungFlask, session: Sessions, empty_database: Callable[[], None], proved: Callable[[str], None]
) -> None:
    count = amount("ACCEPTED_MUTANTS", 300)
    enabled, answered = run_accepted(app, session, empty_database, random.Random(1126), count)
    proved(f"{count:,} accepted mutants: no scenario broke, {enabled:,} were enabled, {answered:,} pages answered.")
