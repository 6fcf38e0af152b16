"""Playing all scenarios of a package, each in a savepoint that is rolled back whatever happens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from time import thread_time
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import inspect

from app_catalog.definitions.model import Definition, Scenario
from app_catalog.installations.definitions import given_definition
from app_catalog.releases.scenarios import Failure, ScenarioReport, ScenarioResult
from app_runtime.scenarios.checks import failures_of
from app_runtime.scenarios.errors import Trouble
from app_runtime.scenarios.preparing import check_size, settings_for
from app_runtime.scenarios.scratch import add_municipality, furnish
from app_runtime.scenarios.stage import Stage, savepoint
from app_runtime.scenarios.steps import play_step
from app_runtime.scenarios.timeline import timeline_of
from lumbung.db import as_tenant, set_clock
from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text, speaking
from tenants.municipalities.models import Municipality

SECONDS_EACH = 15.0
SECONDS_TOGETHER = 60.0
DEFAULT_START = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
"""A Monday at 8 in Jakarta: when a scenario starts that does not say."""

log = structlog.get_logger("app_runtime.scenarios")


class EngineRunner:
    """Runs scenarios with the real engine, in the caller's transaction; nothing of it stays.

    Fulfils `app_catalog.releases.scenarios.ScenarioRunner`.
    """

    def __init__(self, *, seconds_each: float = SECONDS_EACH, seconds_together: float = SECONDS_TOGETHER) -> None:
        self._each = seconds_each
        self._together = seconds_together

    def run(self, session: AnySession, definition: Definition) -> ScenarioReport:
        """The results of all scenarios on the package's own defaults; a failing one never raises.

        Scenarios together may take a minute of the processor; those left over then fail and say so.
        """
        return self.run_with_settings(session, definition, {})

    def run_with_settings(
        self,
        session: AnySession,
        definition: Definition,
        overrides: Mapping[str, Any],
        agencies: Mapping[str, str] | None = None,
    ) -> ScenarioReport:
        """The same under a municipality's own settings (what a scenario gives comes over them), with its agencies as
        names by key."""
        end = thread_time() + self._together
        results = []
        for scenario in definition.scenarios.values():
            deadline = min(end, thread_time() + self._each)
            failures = _play(session, definition, scenario, overrides, agencies or {}, deadline)
            results.append(ScenarioResult(scenario.id, dict(scenario.name), not failures, failures))
        return ScenarioReport(tuple(results))


def _play(
    session: AnySession,
    definition: Definition,
    scenario: Scenario,
    overrides: Mapping[str, Any],
    agencies: Mapping[str, str],
    deadline: float,
) -> tuple[Failure, ...]:
    """The failures of one scenario; the last one tells how it went."""
    start = scenario.given.start or DEFAULT_START
    try:
        check_size(scenario)
        settings, named = settings_for(definition, scenario, overrides)
        with nowhere(session) as municipality, given_definition(definition), set_clock(start):
            scratch = furnish(session, municipality, definition, agencies={**agencies, **named}, overrides=settings)
            return _played(Stage(session, definition, scratch, moment=start, deadline=deadline), scenario)
    except Trouble as trouble:
        return (Failure.of_text(trouble.text, ""),)
    except Exception as error:
        # A package must not be able to break the one who submits it, only itself.
        log.warning("scenario-failed", app=definition.id, scenario=scenario.id, exc_info=error)
        return (Failure.of_text(_broken(error), ""),)


def _played(stage: Stage, scenario: Scenario) -> tuple[Failure, ...]:
    failures: list[Failure] = []
    number = 0
    try:
        for number, step in enumerate(scenario.when, start=1):
            play_step(stage, number, step)
    except Trouble as trouble:
        failures.append(Failure.of_text(trouble.text, "when", number))
    except Exception as error:
        log.warning("scenario-failed", app=stage.definition.id, scenario=scenario.id, exc_info=error)
        failures.append(Failure.of_text(_broken(error), "when", number))
    else:
        for number, check in enumerate(scenario.then, start=1):
            try:
                stage.check_time()
                failures += [Failure.of_text(text, "then", number) for text in failures_of(stage, check)]
            except Trouble as trouble:
                failures.append(Failure.of_text(trouble.text, "then", number))
    return (*failures, Failure.of_text(timeline_of(stage), "story")) if failures else ()


@contextmanager
def nowhere(session: AnySession) -> Iterator[Municipality]:
    """A municipality that is gone after the block, with everything that was written in it."""
    municipality_id: UUID | None = None
    try:
        with speaking("id"), savepoint(session, keep=False):
            municipality = add_municipality(session)
            municipality_id = municipality.id
            with as_tenant(session, municipality.id):
                yield municipality
    finally:
        _forget(session, municipality_id)


def _forget(session: AnySession, municipality_id: UUID | None) -> None:
    """Take rows that are gone out of the session: what was read, not made, stays in it after a rollback."""
    for instance in list(session):
        state = inspect(instance)
        if state.identity is not None and municipality_id in state.identity:
            session.expunge(instance)


def _broken(error: Exception) -> Text:
    name = type(error).__name__
    return Text(
        f"Mesin gagal menjalankan skenario ini ({name}). Ini kesalahan platform atau paket yang tidak terduga; "
        "sederhanakan skenario dan laporkan kepada pengelola platform.",
        f"The engine failed at this scenario ({name}). This is a fault of the platform or an unforeseen package; "
        "simplify the scenario and tell the platform's operator.",
    )
