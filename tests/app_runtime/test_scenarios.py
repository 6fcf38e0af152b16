"""Scenarios of packages: played by the real engine, telling what went wrong, leaving nothing behind."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

import psycopg
import pytest
from sqlalchemy import select, text

from app_catalog.definitions.archive import write_members
from app_catalog.definitions.building.scenarios import build_scenario
from app_catalog.definitions.model import Definition
from app_catalog.definitions.source import load_folder
from app_catalog.releases.models import App, Release
from app_catalog.releases.reading import Package, PackageRefused, read_package_source
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
from tests.app_catalog.packages import siaran_files
from tests.app_runtime.stage import Sessions, set_stage
from tests.siaran import SIARAN, add_publisher
from tests.world import World

LAMP: dict[str, Any] = {"title": "Lampu mati", "category": "street-light", "place": [106.71, -6.29]}
CREATE: dict[str, Any] = {"create": {"as": "public", "record": "report", "id": "a", "values": LAMP}}
BY_RESIDENT: dict[str, Any] = {"create": {"as": "resident", "record": "report", "id": "a", "values": LAMP}}
GIVEN: dict[str, Any] = {
    "settings": {"categories": {"street-light": {"agency": "dishub"}}},
    "calendar": {"start": "2026-01-05T08:00+07:00"},
}


@pytest.fixture(scope="module")
def siaran() -> Definition:
    """SIARAN as it is bundled."""
    package = read_package_source(load_folder(SIARAN))
    assert isinstance(package, Package)
    return package.definition


def _with(definition: Definition, **parts: Any) -> Definition:
    spec: dict[str, Any] = {"name": {"id": "Coba", "en": "Try"}, "given": GIVEN, "when": [CREATE], "then": [], **parts}
    # The canonical form keeps a set of ids with their positions.
    for check in spec["then"]:
        for what in check.values():
            if isinstance(what.get("fields"), list):
                what["fields"] = {name: position for position, name in enumerate(what["fields"])}
    return replace(definition, scenarios={"try": build_scenario("try", spec)})


def _failures(session: Sessions, definition: Definition, **parts: Any) -> tuple[str, str]:
    """All failures of one scenario as one text in each language."""
    [result] = EngineRunner().run(session, _with(definition, **parts)).results
    assert result.passed == (not result.failures)
    return "\n".join(one.id for one in result.failures), "\n".join(one.en for one in result.failures)


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
    first = _failures(session, siaran, when=[CREATE, {"wait": "P9D"}], then=then)
    assert first == _failures(session, siaran, when=[CREATE, {"wait": "P9D"}], then=then)


FAILING: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    (
        "state",
        {"then": [{"state": {"a": "fixed"}}]},
        ("state of a", "“fixed”", "“received”", "public creates report a"),
    ),
    ("every state", {"then": [{"state": {"all": "fixed"}}]}, ("state of SR/2026/00001",)),
    ("value", {"then": [{"value": {"a.title": "Lampu hidup"}}]}, ("a.title", "Lampu hidup", "Lampu mati")),
    ("built-in value", {"then": [{"value": {"a.agency": "dlh"}}]}, ("a.agency", "dlh", "dishub")),
    ("number", {"then": [{"number": {"a": "SR/2026/00002"}}]}, ("SR/2026/00002", "SR/2026/00001")),
    (
        "clock",
        {"when": [CREATE, {"wait": "PT49H"}], "then": [{"clock": {"a.respond": "met"}}]},
        (
            "a.respond",
            "“met”",
            "breached",
            "2026-01-07 08:00",
            "clock respond.warned",
            "message overdue to agency_head",
        ),
    ),
    ("message", {"then": [{"message": {"overdue": {"to": "agency_head"}}}]}, ("overdue", "it was not sent")),
    ("message to nobody", {"then": [{"message": {"received": {}}}]}, ("received", "nobody to reach (reporter)")),
    (
        "message to another",
        {
            "when": [CREATE, {"act": {"as": "dispatcher", "on": "a", "action": "assign", "values": {"agency": "dlh"}}}],
            "then": [{"message": {"assigned": {"to": "agency_head"}}}],
        },
        ("to agency_head", "it was sent to agency"),
    ),
    ("count", {"then": [{"count": {"report": 2}}]}, ("count of report", "“2”", "“1”")),
    ("sees", {"then": [{"sees": {"as": "public", "on": "a"}}]}, ("public sees a", "not seen")),
    (
        "sees a field",
        {"then": [{"sees": {"as": "resident", "on": "a", "fields": ["title", "cost"]}}]},
        ("resident sees a.cost", "not seen"),
    ),
    ("hidden", {"then": [{"hidden": {"as": "dispatcher", "on": "a"}}]}, ("does not see a", "it is seen")),
    (
        "hidden field",
        {"then": [{"hidden": {"as": "resident", "on": "a", "fields": ["cost", "title"]}}]},
        ("does not see a.title",),
    ),
    (
        "cannot, but can",
        {
            "then": [
                {
                    "cannot": {
                        "act": "assign",
                        "on": "a",
                        "as": "dispatcher",
                        "because": "role",
                        "values": {"agency": "dishub"},
                    }
                }
            ]
        },
        ("dispatcher cannot “assign a” (role)", "it was possible"),
    ),
    (
        "cannot, for another reason",
        {"then": [{"cannot": {"act": "reject", "on": "a", "as": "dispatcher", "because": "state"}}]},
        ("because of state", "because of required", "reason:"),
    ),
    (
        "cannot create, but can",
        {"then": [{"cannot": {"create": "report", "as": "public", "because": "required", "values": LAMP}}]},
        ("“create report”", "it was possible"),
    ),
    ("unknown record", {"then": [{"state": {"b": "fixed"}}]}, ("No record is named “b”", "there are: a")),
    ("unknown role", {"then": [{"sees": {"as": "mayor", "on": "a"}}]}, ("no role “mayor”", "dispatcher")),
    ("unknown record type", {"then": [{"count": {"letter": 1}}]}, ("no record type “letter”", "report")),
    ("unknown message", {"then": [{"message": {"hello": {}}}]}, ("no message “hello”",)),
    ("unknown clock", {"then": [{"clock": {"a.sleep": "met"}}]}, ("no clock “sleep”", "respond")),
    ("unknown field", {"then": [{"value": {"a.colour": "red"}}]}, ("no field “colour”",)),
    (
        "a step that is refused",
        {"when": [CREATE, {"act": {"as": "resident", "on": "a", "action": "reply", "values": {"reply": "Ya."}}}]},
        ("Step 2 (resident: reply on a) was refused (state)",),
    ),
    (
        "a step without an answer",
        {"when": [{"create": {"as": "public", "record": "report", "values": {"category": "road"}}}]},
        ("Step 1", "required", "title:"),
    ),
    (
        "a step with an unknown action",
        {"when": [CREATE, {"act": {"as": "dispatcher", "on": "a", "action": "dance"}}]},
        ("Step 2: The app has no action “dance”", "assign"),
    ),
    (
        "an update that is not allowed",
        {"when": [BY_RESIDENT, {"update": {"as": "resident", "on": "a", "values": {"cost": 5}}}]},
        ("Step 2", "refused (role)"),
    ),
]


@pytest.mark.parametrize(("parts", "expected"), [case[1:] for case in FAILING], ids=[case[0] for case in FAILING])
def test_a_failing_scenario_says_what_happened_instead(
    session: Sessions, siaran: Definition, parts: dict[str, Any], expected: tuple[str, ...]
) -> None:
    indonesian, english = _failures(session, siaran, **parts)
    assert [part for part in expected if part not in english] == [], english
    assert "What happened:" in english
    assert "Jalannya skenario:" in indonesian
    assert "2026-01-05 08:00" in indonesian


PASSING: list[tuple[str, dict[str, Any]]] = [
    ("an absent answer is empty", {"then": [{"value": {"a.answer": "", "a.overdue": False, "a.open": True}}]}),
    (
        "a member of a group",
        {
            "when": [{"create": {**BY_RESIDENT["create"], "values": {**LAMP, "reporter": {"name": "Sari"}}}}],
            "then": [
                {"value": {"a.reporter.name": "Sari"}},
                {"hidden": {"as": "public", "on": "a", "fields": ["reporter"]}},
            ],
        },
    ),
    (
        "an officer changes what it may",
        {
            "when": [CREATE, {"update": {"as": "handler", "on": "a", "values": {"cost": 150000}}}],
            "then": [{"value": {"a.cost": 150000}}, {"sees": {"as": "handler", "on": "a", "fields": ["cost"]}}],
        },
    ),
    (
        "many at once",
        {
            "when": [{"create": {**CREATE["create"], "times": 5}}],
            "then": [{"count": {"report": 5}}, {"state": {"all": "received"}}, {"number": {"a": "SR/2026/00005"}}],
        },
    ),
    (
        "late answers met their clock late",
        {
            "when": [
                CREATE,
                {"wait": "PT49H"},
                {"act": {"as": "handler", "on": "a", "action": "respond", "values": {"answer": "Maaf, terlambat."}}},
            ],
            "then": [{"clock": {"a.respond": "met"}}, {"value": {"a.overdue": False}}],
        },
    ),
    (
        "a clock is warned before it is missed",
        {
            "when": [CREATE, {"wait": "PT37H"}],
            "then": [{"clock": {"a.respond": "warned"}}, {"message": {"hurry": {}}}],
        },
    ),
    (
        "the head and the admin see what escalation leads them to",
        {"then": [{"sees": {"as": "agency_head", "on": "a"}}, {"sees": {"as": "tenant_admin", "on": "a"}}]},
    ),
    (
        "an agency without a record does not see it",
        {
            "when": [CREATE, {"act": {"as": "dispatcher", "on": "a", "action": "assign", "values": {"agency": "dlh"}}}],
            "then": [{"value": {"a.agency": "dlh"}}, {"sees": {"as": "handler", "on": "a"}}],
        },
    ),
    (
        "what may not be made without an answer",
        {
            "then": [
                {"cannot": {"create": "report", "as": "public", "because": "required", "values": {"title": "Lampu"}}}
            ]
        },
    ),
    (
        "working days are waited by the calendar",
        {"when": [CREATE, {"wait": "P4WD"}], "then": [{"clock": {"a.fix": "warned"}}]},
    ),
    ("no settings given", {"given": {}, "then": [{"value": {"a.agency": "dinas-contoh"}}]}),
]


@pytest.mark.parametrize("parts", [case[1] for case in PASSING], ids=[case[0] for case in PASSING])
def test_what_is_so_passes(session: Sessions, siaran: Definition, parts: dict[str, Any]) -> None:
    assert _failures(session, siaran, **parts) == ("", "")


def test_waiting_fires_each_clock_at_its_own_moment(session: Sessions, siaran: Definition) -> None:
    later = {"create": {**CREATE["create"], "id": "b"}}
    _, english = _failures(
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
    _failures(session, siaran, when=[CREATE, {"wait": "P9D"}], then=[{"state": {"a": "fixed"}}])
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
    begin = monotonic()
    assert words in _failures(session, siaran, when=when)[1]
    assert monotonic() - begin < 1


def test_a_scenario_that_takes_too_long_is_stopped(session: Sessions, siaran: Definition) -> None:
    when = [{"create": {**CREATE["create"], "times": 500}}]
    [result] = EngineRunner(seconds_each=0.3).run(session, _with(siaran, when=when)).results
    assert "took too long" in result.failures[0].en


def test_a_fault_of_the_engine_is_a_failure_and_no_crash(
    session: Sessions, siaran: Definition, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        session.execute(text("SELECT 1/0"))

    monkeypatch.setattr(runner_module, "play_step", broken)
    _, english = _failures(session, siaran)
    assert "The engine failed" in english
    monkeypatch.undo()
    assert EngineRunner().run(session, siaran).passed


def test_a_municipality_tries_scenarios_under_its_own_settings(session: Sessions, siaran: Definition) -> None:
    asked = _with(siaran, then=[{"state": {"a": "received"}}])
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


def test_the_command_plays_siaran(source_root: Path) -> None:
    done = _app_test(source_root, SIARAN)
    assert done.returncode == 0, done.stderr
    assert "✓ Forwarding does not stop the red mark, an answer does" in done.stdout
    assert "8 passed, 0 failed" in done.stdout


def test_the_command_shows_how_a_scenario_failed(tmp_path: Path, source_root: Path) -> None:
    for path, content in siaran_files().items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.replace(b"a.respond: breached", b"a.respond: met"))
    done = _app_test(source_root, tmp_path)
    assert done.returncode == 1, done.stderr
    assert "✗ Forwarding does not stop the red mark, an answer does" in done.stdout
    assert "Expected the clock of a.respond" in done.stdout
    assert "2026-01-05 08:00 public creates report a" in done.stdout
    assert "7 passed, 1 failed" in done.stdout


def _app_test(source_root: Path, package: Path) -> subprocess.CompletedProcess[str]:
    words = ["-c", "from lumbung.cli import main; main()", "app", "--lang", "en", "test", str(package)]
    return subprocess.run(
        [sys.executable, *words], cwd=source_root, capture_output=True, text=True, timeout=120, check=False
    )
