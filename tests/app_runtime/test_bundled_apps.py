"""Every app that comes along is as good as it can be: no warning, proofs that hold, examples that fit."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session, scoped_session

from app_catalog.definitions.canonical import canonicalise, compile_definition
from app_catalog.definitions.check import check_package
from app_catalog.definitions.source import load_folder
from app_runtime.scenarios.runner import EngineRunner

APPS = sorted(folder for folder in (Path(__file__).resolve().parents[2] / "apps").iterdir() if folder.is_dir())


@pytest.mark.parametrize("folder", APPS, ids=lambda folder: folder.name)
def test_an_app_that_comes_along_has_no_warning_and_keeps_its_promises(
    session: scoped_session[Session], folder: Path
) -> None:
    source = load_folder(folder)
    assert [str(problem) for problem in check_package(source).problems] == []
    definition = compile_definition(canonicalise(source))
    assert definition.id == folder.name
    assert definition.examples
    assert set(definition.name) == {"id", "en"}
    report = EngineRunner().run(session, definition)
    assert [(one.id, [str(failure) for failure in one.failures]) for one in report.results if not one.passed] == []
    assert len(definition.scenarios) >= 4
