"""Writing scenarios for tests, and hearing how they fail."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app_catalog.definitions.building.scenarios import build_scenario
from app_catalog.definitions.model import Definition
from app_catalog.definitions.source import load_folder
from app_catalog.releases.reading import Package, read_package_source
from app_runtime.scenarios.runner import EngineRunner
from tests.app_runtime.stage import Sessions
from tests.siaran import SIARAN

LAMP: dict[str, Any] = {"title": "Lampu mati", "category": "street-light", "place": [106.71, -6.29]}
CREATE: dict[str, Any] = {"create": {"as": "public", "record": "report", "id": "a", "values": LAMP}}
BY_RESIDENT: dict[str, Any] = {"create": {"as": "resident", "record": "report", "id": "a", "values": LAMP}}
GIVEN: dict[str, Any] = {
    "settings": {"categories": {"street-light": {"agency": "dishub"}}},
    "calendar": {"start": "2026-01-05T08:00+07:00"},
}


def bundled_siaran() -> Definition:
    """SIARAN as it is bundled."""
    package = read_package_source(load_folder(SIARAN))
    assert isinstance(package, Package)
    return package.definition


def with_scenario(definition: Definition, **parts: Any) -> Definition:
    spec: dict[str, Any] = {"name": {"id": "Coba", "en": "Try"}, "given": GIVEN, "when": [CREATE], "then": [], **parts}
    # The canonical form keeps a set of ids with their positions.
    for check in spec["then"]:
        for what in check.values():
            if isinstance(what.get("fields"), list):
                what["fields"] = {name: position for position, name in enumerate(what["fields"])}
    return replace(definition, scenarios={"try": build_scenario("try", spec)})


def failures_of(session: Sessions, definition: Definition, **parts: Any) -> tuple[str, str]:
    """All failures of one scenario as one text in each language."""
    [result] = EngineRunner().run(session, with_scenario(definition, **parts)).results
    assert result.passed == (not result.failures)
    return "\n".join(one.id for one in result.failures), "\n".join(one.en for one in result.failures)
