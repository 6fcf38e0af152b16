"""Scenarios of packages: played by the real engine, telling what went wrong, leaving nothing behind."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import select, text

from app_catalog.definitions.archive import write_members
from app_catalog.definitions.model import Definition
from app_catalog.releases.models import App, Release
from app_catalog.releases.reading import PackageRefused
from app_catalog.releases.submission import publish_folder, submit_package
from app_runtime.records.models import Record
from app_runtime.scenarios import runner as runner_module
from app_runtime.scenarios.checks import same_value
from app_runtime.scenarios.runner import EngineRunner
from lumbung.db import as_tenant, current_tenant, now, use_tenant
from lumbung.db.base import Base
from lumbung.i18n import current_language, use_language
from lumbung.postgres.testing import SuiteServer
from lumbung.settings import Settings
from lumbung.supervisor.settings import cli_command
from tests.app_catalog.packages import siaran_files
from tests.app_runtime.scenario_writing import CREATE, bundled_siaran, failures_of, with_scenario
from tests.app_runtime.stage import Sessions, set_stage
from tests.processor_time import at_most
from tests.siaran import SIARAN, add_publisher
from tests.waiting_python import WaitingPython
from tests.world import World


@pytest.fixture(scope="module")
def siaran() -> Definition:
    """SIARAN as it is bundled."""
    return bundled_siaran()


@pytest.fixture
def everything(suite_server: SuiteServer, worker_id: str) -> Callable[[], dict[str, int]]:
    """Counts the committed rows of every table, whoever owns them, the queue's jobs too."""
    conninfo = psycopg.conninfo.make_conninfo(suite_server.admin_conninfo, dbname=f"test_{worker_id}")
    names = [f"public.{table.name}" for table in Base.metadata.sorted_tables] + ["procrastinate.procrastinate_jobs"]
    query = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in names)

    def count() -> dict[str, int]:
        with psycopg.connect(conninfo) as admin:
            return dict(admin.execute(query).fetchall())

    return count


def test_all_scenarios_of_siaran_pass(session: Sessions, siaran: Definition) -> None:
    report = EngineRunner().run(session, siaran)
    assert len(report.results) == len(list((SIARAN / "scenarios").glob("*.yaml"))) >= 8
    assert {result.id: result.failures for result in report.results if not result.passed} == {}


def test_two_runs_give_the_same_words(session: Sessions, siaran: Definition) -> None:
    then = [{"state": {"a": "fixed"}}, {"message": {"overdue": {"to": "public"}}}]
    first = failures_of(session, siaran, when=[CREATE, {"wait": "P9D"}], then=then)
    assert first == failures_of(session, siaran, when=[CREATE, {"wait": "P9D"}], then=then)


def test_waiting_fires_each_clock_at_its_own_moment(session: Sessions, siaran: Definition) -> None:
    later = {"create": {**CREATE["create"], "id": "b"}}
    _, english = failures_of(
        session, siaran, when=[CREATE, {"wait": "PT1H"}, later, {"wait": "P4D"}], then=[{"count": {"report": 9}}]
    )
    fired = [line[:16] + line[17:] for line in english.splitlines() if "clock respond" in line]
    assert fired == [
        "2026-01-06 20:00  → a: clock respond.warned",
        "2026-01-06 21:00  → b: clock respond.warned",
        "2026-01-07 08:00  → a: clock respond.breached",
        "2026-01-07 09:00  → b: clock respond.breached",
    ]


def test_nothing_is_left_after_a_run(
    session: Sessions, world: World, siaran: Definition, settings: Settings, everything: Callable[[], dict[str, int]]
) -> None:
    stage = set_stage(session, world)
    stage.report()
    session.commit()
    before, files = everything(), sorted(settings.instance.rglob("*"))
    assert before["public.records"] == 1
    assert before["public.wakeups"] > 0
    EngineRunner().run(session, siaran)
    failures_of(session, siaran, when=[CREATE, {"wait": "P9D"}], then=[{"state": {"a": "fixed"}}])
    assert {record.tenant_id for record in session if isinstance(record, Record)} <= {stage.place.id}
    session.commit()
    assert everything() == before
    assert sorted(settings.instance.rglob("*")) == files


def test_the_session_stays_whose_it_was(session: Sessions, world: World, siaran: Definition) -> None:
    stage = set_stage(session, world)
    mine = stage.report().record
    use_language("en")
    EngineRunner().run(session, siaran)
    assert current_tenant(session) == stage.place.id
    assert current_language() == "en"
    use_language("id")
    assert session.scalar(text("SELECT current_setting('lumbung.tenant_id')")) == str(stage.place.id)
    assert abs((now() - datetime.now(UTC)).total_seconds()) < 5
    session.refresh(mine)
    session.commit()
    use_tenant(session, None)
    EngineRunner().run(session, siaran)
    assert current_tenant(session) is None
    with as_tenant(session, stage.place.id):
        assert session.scalars(select(Record.id)).all() == [mine.id]


def test_siaran_is_tried_when_it_is_submitted(session: Sessions, world: World) -> None:
    release = publish_folder(session, add_publisher(session, world), SIARAN)
    assert isinstance(release, Release)
    scenarios = release.report["scenarios"]
    assert len(scenarios) >= 8
    assert all(scenario["passed"] for scenario in scenarios)
    session.commit()
    assert session.scalars(select(App.slug)).all() == ["siaran"]


def test_a_package_whose_scenario_fails_is_refused(session: Sessions, world: World) -> None:
    files = siaran_files()
    name = "scenarios/forwarding.yaml"
    assert b"state: {a: assigned" in files[name]
    files[name] = files[name].replace(b"state: {a: assigned", b"state: {a: fixed")
    changed = write_members(files)
    outcome = submit_package(session, add_publisher(session, world), changed)
    assert isinstance(outcome, PackageRefused)
    assert outcome.scenarios is not None
    failed = [result for result in outcome.scenarios.results if not result.passed]
    assert len(failed) == 1
    assert "“fixed”" in failed[0].failures[0].en


SABOTAGE: list[tuple[str, list[dict[str, Any]], str]] = [
    ("a century", [CREATE, {"wait": "P100Y"}], "36500 days of waiting"),
    ("a million records", [{"create": {**CREATE["create"], "times": 10**6}}], "1000000 records"),
    ("a thousand steps", [{"wait": "PT1H"}] * 1000, "1000 steps"),
]


@pytest.mark.parametrize(("when", "words"), [case[1:] for case in SABOTAGE], ids=[case[0] for case in SABOTAGE])
def test_a_scenario_that_would_never_end_is_refused_at_once(
    session: Sessions, siaran: Definition, when: list[dict[str, Any]], words: str
) -> None:
    with at_most(1):
        assert words in failures_of(session, siaran, when=when)[1]


def test_a_scenario_that_takes_too_long_is_stopped(session: Sessions, siaran: Definition) -> None:
    when = [{"create": {**CREATE["create"], "times": 500}}]
    [result] = EngineRunner(seconds_each=0.3).run(session, with_scenario(siaran, when=when)).results
    assert "took too long" in result.failures[0].en


def test_a_fault_of_the_engine_is_a_failure_and_no_crash(
    session: Sessions, siaran: Definition, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        session.execute(text("SELECT 1/0"))

    monkeypatch.setattr(runner_module, "play_step", broken)
    _, english = failures_of(session, siaran)
    assert "The engine failed" in english
    monkeypatch.undo()
    assert EngineRunner().run(session, siaran).passed


def test_a_municipality_tries_scenarios_under_its_own_settings(session: Sessions, siaran: Definition) -> None:
    asked = with_scenario(siaran, then=[{"state": {"a": "received"}}])
    runner = EngineRunner()
    assert runner.run(session, asked).passed
    report = runner.run_with_settings(session, asked, {"straight_to_agency": True}, {"dlh": "Dinas Lingkungan Hidup"})
    assert "“assigned”" in report.results[0].failures[0].en


def test_values_are_compared_as_they_are_meant() -> None:
    moment = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
    assert same_value(moment, "2026-01-05T08:00+07:00")
    assert not same_value(moment, "2026-01-05T08:00")
    assert same_value(None, False)
    assert not same_value(1, True)
    assert not same_value("", "a")


def test_the_command_plays_siaran(waiting: WaitingPython, source_root: Path) -> None:
    status, told, errors = _app_test(waiting, source_root, SIARAN)
    assert status == 0, errors
    assert "✓ Forwarding does not stop the red mark, an answer does" in told
    assert "8 passed, 0 failed" in told


def test_the_command_shows_how_a_scenario_failed(waiting: WaitingPython, tmp_path: Path, source_root: Path) -> None:
    for path, content in siaran_files().items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.replace(b"a.respond: breached", b"a.respond: met"))
    status, told, errors = _app_test(waiting, source_root, tmp_path)
    assert status == 1, errors
    assert "✗ Forwarding does not stop the red mark, an answer does" in told
    assert "scenarios/forwarding.yaml:" in told
    assert "expected: the clock of a.respond to be “met”" in told
    assert "result:   it is “breached" in told
    assert "2026-01-05 08:00 public creates report a" in told
    assert "7 passed, 1 failed" in told


def _app_test(waiting: WaitingPython, source_root: Path, package: Path) -> tuple[int, str, str]:
    command = cli_command("app", "--lang", "en", "test", str(package))
    done = waiting.start(command, environment=os.environ, folder=source_root)
    told, errors = done.communicate(120)
    return done.wait(), told, errors
