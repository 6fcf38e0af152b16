"""What the check accepts runs: scenarios are played, the app is enabled, its examples are kept, every page opens."""

from __future__ import annotations

import random
from collections.abc import Callable

from lumbung.web.sites import LumbungFlask
from tests.running_mutants import Sessions, run_accepted


def test_a_mutant_that_is_accepted_runs(
    app: LumbungFlask, session: Sessions, empty_database: Callable[[], None]
) -> None:
    enabled, answered = run_accepted(app, session, empty_database, random.Random(11), 2)
    assert enabled > 0
    assert answered > 20
