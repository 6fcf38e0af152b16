"""Valid packages with any of their nodes changed: the check always answers, and what it passes compiles.

The long proofs judge thousands.
"""

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app_catalog.definitions.check import check_package
from app_catalog.definitions.source import load_files, load_folder
from tests.mutated_packages import judge_mutants
from tests.siaran import SIARAN


@given(st.integers(0, 2**32))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_mutant_is_judged_and_never_crashes(seed: int) -> None:
    judge_mutants(random.Random(seed), 1)


def test_some_mutants_pass_and_most_are_refused() -> None:
    passed = judge_mutants(random.Random(5), 40)
    assert 0 < passed < 30


def test_an_example_whose_place_is_no_number_is_told() -> None:
    files = dict(load_folder(SIARAN).files)
    files["examples/report.yaml"] = b"dark: {title: Lampu mati di sini, category: street-light, order: kedua}\n"
    report = check_package(load_files(files))
    assert ("examples/report.yaml", "dark.order") in {(problem.file, problem.path) for problem in report.errors}
