"""Scenarios on demand: one after the other, each in a place that is gone afterwards, so that people see them pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from app_catalog.definitions.model import Definition, Scenario
from app_catalog.installations.definitions import definition_by_digest
from app_catalog.installations.effective import settings_at
from app_catalog.installations.models import Installation
from app_catalog.installations.services import agency_keys
from app_catalog.releases.scenarios import Failure, ScenarioReport, ScenarioResult
from app_runtime.scenarios.runner import EngineRunner
from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text


@dataclass(frozen=True, slots=True)
class Play:
    """What is played: a version's scenarios in their order, under settings and agencies (names by key) of somebody."""

    definition: Definition
    overrides: Mapping[str, Any]
    agencies: Mapping[str, str]

    @property
    def scenarios(self) -> list[Scenario]:
        """The scenarios in the order in which they are played."""
        return list(self.definition.scenarios.values())

    def play_all(self, session: AnySession) -> ScenarioReport:
        """The results of all of them; together they may take a minute."""
        return EngineRunner().run_with_settings(session, self.definition, self.overrides, self.agencies)

    def play_one(self, session: AnySession, place: int) -> ScenarioResult:
        """The result of the scenario at `place`, from 0. Raises IndexError when there is none."""
        chosen = self.scenarios[place]
        alone = replace(self.definition, scenarios={chosen.id: chosen})
        return EngineRunner().run_with_settings(session, alone, self.overrides, self.agencies).results[0]


def play_of_installation(session: AnySession, installation: Installation) -> Play:
    """The version of new records, under the municipality's own settings and agencies."""
    stored = settings_at(session, installation.id, installation.settings_version)
    definition = definition_by_digest(session, installation.definition_digest)
    return Play(definition, stored.overrides, agency_keys(session))


def story_of(result: ScenarioResult) -> Text | None:
    """How a failing scenario went, line by line."""
    return next((failure for failure in result.failures if failure.part == "story"), None)


def mistakes_of(result: ScenarioResult) -> list[Failure]:
    """What went otherwise than the scenario says, without how it went."""
    return [failure for failure in result.failures if failure.part != "story"]
