"""Rules of an app that fail at run time: each counts as false, is told to the administrator, and stops nobody."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import pytest
import structlog
from sqlalchemy import select

from app_catalog.installations.models import Installation
from app_catalog.installations.services import enable_app
from app_catalog.releases.models import App, Release
from app_catalog.releases.submission import publish_folder
from app_runtime.imports.services import list_lines
from app_runtime.records.change import open_change
from app_runtime.records.rule_errors import MINUTE, _teller, tell_rule_error
from app_runtime.records.running_app import app_of_record
from lumbung.db import use_tenant
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.import_files import flooded, geojson
from tests.app_runtime.importing import bring_in
from tests.app_runtime.stage import Sessions, Stage
from tests.browsing import browse, words_of
from tests.siaran import AGENCIES, SIARAN, add_publisher
from tests.world import World


def failing_siaran(folder: Path) -> Path:
    """SIARAN whose title, agency, publication, conditions and automations all divide by an absent cost."""
    copy = folder / "siaran"
    copytree(SIARAN, copy)
    for scenario in copy.glob("scenarios/*.yaml"):
        scenario.unlink()
    report = (copy / "records" / "report.yaml").read_text("utf-8")
    for old, new in (
        ("title: record.title", "title: \"1 / record.cost > 0 ? 'a' : 'b'\""),
        ('agency: "', "agency: \"1 / record.cost < 0 ? 'dlh' : "),
        ('published: "', 'published: "1 / record.cost > 0 || '),
    ):
        assert f"\n{old}" in report
        report = report.replace(f"\n{old}", f"\n{new}", 1)
    assert report.count("record.cost") == 3
    (copy / "records" / "report.yaml").write_text(report, "utf-8")
    return copy


@pytest.fixture
def stage(session: Sessions, world: World, tmp_path: Path) -> Stage:
    release = publish_folder(session, add_publisher(session, world), failing_siaran(tmp_path))
    assert isinstance(release, Release), release
    app = session.get_one(App, release.app_id)
    use_tenant(session, world.tangsel.id)
    enable_app(session, app=app, release=release, overrides={"categories": AGENCIES})
    session.commit()
    use_tenant(session, world.tangsel.id)
    return Stage(session, world.tangsel, session.scalars(select(Installation)).one())


def test_a_report_goes_through_though_every_rule_fails(stage: Stage) -> None:
    _teller.told.clear()
    with structlog.testing.capture_logs() as lines:
        created = stage.report()
    record = created.record
    assert (record.state, record.title, record.agency_id, record.published) == ("received", "", None, False)
    assert record.number
    told = {(row.kind, row.name) for row in stage.history(record)}
    assert {("rule_error", "title"), ("rule_error", "agency"), ("rule_error", "published")} <= told
    noted = [line for line in lines if line["event"] == "rule-error"]
    assert {line["rule"] for line in noted} >= {"title", "agency", "published"}


def test_one_rule_that_fails_again_is_noted_once_in_a_records_history(stage: Stage) -> None:
    record = stage.report().record
    for _ in range(3):
        stage.act(record, "dispatcher", "assign", agency="dishub")
    failed = [row.name for row in stage.history(record) if row.kind == "rule_error"]
    assert len(failed) == len(set(failed))


def test_the_administrator_sees_what_failed_and_nobody_else(app: LumbungFlask, stage: Stage, world: World) -> None:
    record = stage.report().record
    stage.act(record, "dispatcher", "assign", agency="dishub")
    stage.session.commit()
    path = f"/work/siaran/{record.id}"
    for person, sees in (("admin", True), ("handler", False)):
        page = browse(app, world.tangsel.host, world.tangsel.accounts[person]).get(path)
        assert page.status_code == 200
        assert ("Aturan aplikasi gagal dihitung" in words_of(page)) is sees
        assert ("Yang gagal: dinas penanggung jawab" in words_of(page)) is sees


def test_a_thousand_failures_make_one_line_a_minute(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    _teller.told.clear()
    moment = 1_000.0
    monkeypatch.setattr("app_runtime.records.rule_errors.time.monotonic", lambda: moment)
    record = stage.report().record
    change = open_change(app_of_record(stage.session, record), record, stage.actor("dispatcher"))
    rule = change.record_type.title
    _teller.told.clear()
    with structlog.testing.capture_logs() as lines:
        for _ in range(1_000):
            assert not change.evaluate(rule, rule="title").holds
        moment += MINUTE
        change.evaluate(rule, rule="title")
    noted = [line for line in lines if line["event"] == "rule-error"]
    assert [line["unheard"] for line in noted] == [0, 999]
    assert [row.name for row in stage.history(record)].count("title") == 1


def test_an_import_says_on_the_line_which_rules_failed(stage: Stage) -> None:
    done = bring_in(stage, geojson([flooded((106.7, -6.3), text="Banjir"), flooded((106.8, -6.3), text="Pohon")]))
    assert (done.imported, done.warned) == (2, 2)
    for line in list_lines(stage.session, done):
        failed = [note["values"]["rule"] for note in line.notes if note["code"] == "rule"]
        # What was imported counts as checked, which publishes it whatever else the rule says.
        assert sorted(one["id"] for one in failed) == ["dinas penanggung jawab", "judul"]
        assert sorted(one["en"] for one in failed) == ["the agency in charge", "the title"]


def test_other_rules_and_municipalities_are_heard_meanwhile() -> None:
    _teller.told.clear()
    with structlog.testing.capture_logs() as lines:
        for place in ("a", "b"):
            for rule in ("title", "agency", "title"):
                tell_rule_error(place, "siaran", rule, "division by zero")
    assert len(lines) == 4
