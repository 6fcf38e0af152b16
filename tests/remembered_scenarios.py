"""Playing the scenarios of one and the same package once per run of the suite: dozens of tests publish SIARAN."""

from __future__ import annotations

from app_catalog.definitions.model import Definition
from app_catalog.releases.scenarios import ScenarioReport, install_scenario_runner
from app_runtime.scenarios.runner import EngineRunner
from lumbung.db.tenancy import AnySession
from lumbung.web.sites import LumbungFlask


class RememberingRunner(EngineRunner):
    """The real runner, which keeps the report of each digest."""

    def __init__(self) -> None:
        super().__init__()
        self._reports: dict[str, ScenarioReport] = {}

    def run(self, session: AnySession, definition: Definition) -> ScenarioReport:
        """The report as it was the first time."""
        if definition.digest not in self._reports:
            self._reports[definition.digest] = super().run(session, definition)
        return self._reports[definition.digest]


def remember_scenarios(app: LumbungFlask) -> None:
    """Let the application under test play the scenarios of each package once."""
    install_scenario_runner(app, RememberingRunner())
