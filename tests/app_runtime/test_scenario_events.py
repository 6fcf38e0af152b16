"""Scenarios in which another app tells what happened: the step `event`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app_catalog.definitions.building.scenarios import build_scenario
from app_catalog.definitions.check import check_package
from app_catalog.definitions.source import load_files
from app_catalog.releases.reading import Package, read_package_source
from app_runtime.scenarios.runner import EngineRunner
from tests.app_runtime.stage import Sessions
from tests.author_guide import GUIDE, sections_of

HEARING = next(section for section in sections_of(GUIDE) if section.anchor == "between-apps").package()


def _failures(session: Sessions, *when: dict[str, Any], then: list[dict[str, Any]]) -> str:
    package = read_package_source(HEARING)
    assert isinstance(package, Package)
    told = build_scenario("told", {"name": {"id": "Coba", "en": "Try"}, "when": when, "then": then})
    [result] = EngineRunner().run(session, replace(package.definition, scenarios={"told": told})).results
    return "\n".join(failure.en for failure in result.failures)


def test_an_event_makes_what_the_app_makes_of_it(session: Sessions) -> None:
    event = {"event": {"name": "wifi/point-fault", "values": {"title": "Alun-alun"}, "id": "a"}}
    assert _failures(session, event, then=[{"value": {"a.subject": "Wifi rusak: Alun-alun"}}]) == ""


def test_what_an_event_lacks_is_told_with_its_step(session: Sessions) -> None:
    told = _failures(session, {"event": {"name": "wifi/point-fault", "values": {}}}, then=[{"count": {"request": 0}}])
    assert "Step 1 (another app tells wifi/point-fault) was refused" in told


def test_an_event_that_nothing_waits_for_is_a_mistake() -> None:
    files = dict(HEARING.files)
    files["scenarios/told.yaml"] = b"""
name: {id: Coba, en: Try}
when: [{event: {name: wifi/point-falt, id: a}}]
then: [{count: {request: 1}}, {state: {a: received}}]
"""
    [problem] = check_package(load_files(files)).problems
    assert (problem.code, problem.line) == ("unknown-consumed-event", 3)
    assert "wifi/point-fault" in problem.format("en")
