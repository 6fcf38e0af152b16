"""Fixtures of the catalog's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app_catalog.releases.loading import forget_loaded
from app_catalog.releases.scenarios import install_scenario_runner
from lumbung.web.sites import LumbungFlask
from tests.app_catalog.packages import StandInRunner


@pytest.fixture
def tried(app: LumbungFlask) -> Iterator[StandInRunner]:
    """Scenarios pass unless the test says otherwise; nothing stays in the cache of definitions."""
    before = app.extensions.get("lumbung_scenario_runner")
    runner = StandInRunner()
    install_scenario_runner(app, runner)
    yield runner
    app.extensions["lumbung_scenario_runner"] = before
    forget_loaded()
