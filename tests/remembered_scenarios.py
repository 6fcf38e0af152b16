"""Playing the scenarios of one and the same package once per run of the suite: hundreds of tests publish SIARAN."""

from __future__ import annotations

import pickle
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from app_catalog.definitions.model import Definition
from app_catalog.releases.scenarios import ScenarioReport, install_scenario_runner
from app_runtime.scenarios.runner import EngineRunner
from lumbung.db.tenancy import AnySession
from lumbung.ids import new_id
from lumbung.web.sites import LumbungFlask


class RememberingRunner(EngineRunner):
    """The real runner, which keeps the report of each package in a folder that all workers of a run share.

    What differs by its number and by what it tells people alone is the same package: no scenario can see those.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def run(self, session: AnySession, definition: Definition) -> ScenarioReport:
        """The report as it was the first time."""
        bare = replace(definition, digest="", version="", publiccode={}, readme="", changelog="")
        kept = self._folder / sha256(repr(bare).encode()).hexdigest()
        if kept.exists():
            report = pickle.loads(kept.read_bytes())
            assert isinstance(report, ScenarioReport)
            return report
        report = super().run(session, definition)
        # Two workers may play the same at once: whoever ends last has written the same.
        writing = kept.with_name(str(new_id()))
        writing.write_bytes(pickle.dumps(report))
        writing.replace(kept)
        return report


def remember_scenarios(app: LumbungFlask, folder: Path) -> None:
    """Let the application under test play the scenarios of each package once."""
    folder.mkdir(exist_ok=True)
    install_scenario_runner(app, RememberingRunner(folder))
