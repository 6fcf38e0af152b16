"""Every example of the author guide stands in a package without a problem, and every scenario of it passes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app_catalog.definitions.check import check_package
from app_catalog.releases.reading import Package, read_package_source
from app_runtime.scenarios.runner import EngineRunner
from tests.app_runtime.stage import Sessions
from tests.author_guide import GUIDE, Section, sections_of

SECTIONS = sections_of(GUIDE)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.anchor)
def test_the_examples_of_a_section_run(session: Sessions, section: Section) -> None:
    source = section.package()
    assert [problem.format("en") for problem in check_package(source).problems] == []
    package = read_package_source(source)
    assert isinstance(package, Package)
    definition = package.definition
    told = {name: scenario for name, scenario in definition.scenarios.items() if name in section.scenarios}
    assert len(told) == len(section.scenarios)
    report = EngineRunner().run(session, replace(definition, scenarios=told))
    assert [
        (result.id, *(failure.en for failure in result.failures)) for result in report.results if not result.passed
    ] == []


def test_most_sections_prove_what_they_say() -> None:
    assert len(SECTIONS) >= 20
    assert sum(bool(section.scenarios) for section in SECTIONS) >= 15
