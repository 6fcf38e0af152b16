"""A trade licence and a school enrolment that two people wrote who knew nothing of Lumbung but its author guide."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session, scoped_session

from app_catalog.definitions.canonical import canonicalise, compile_definition
from app_catalog.definitions.check import check_package
from app_catalog.definitions.source import load_folder
from app_runtime.scenarios.runner import EngineRunner

PACKAGES = Path(__file__).parents[1] / "packages"


@pytest.mark.parametrize("name", ["izin-dagang-0.1.0", "ppdb-0.1.0"])
def test_what_was_written_from_the_guide_alone_does_what_it_promises(
    session: scoped_session[Session], name: str
) -> None:
    source = load_folder(PACKAGES / name)
    assert [str(problem) for problem in check_package(source).problems] == []
    report = EngineRunner().run(session, compile_definition(canonicalise(source)))
    assert [(one.id, [str(failure) for failure in one.failures]) for one in report.results if not one.passed] == []
    assert len(report.results) >= 7
