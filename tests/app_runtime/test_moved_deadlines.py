"""What the upgrade report says of deadlines is what becomes of them when the records move."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app_catalog.releases.models import Release
from app_runtime.records.models import RecordClock
from app_runtime.upgrades.mapping import Mapping
from app_runtime.upgrades.report import make_report
from app_runtime.upgrades.running import start_move
from lumbung.db import set_clock, use_tenant
from tests.app_runtime.stage import Sessions, Stage, set_stage
from tests.app_runtime.test_moving import finish, switch
from tests.next_siaran import changed_siaran, publish_archive
from tests.world import World

STATES = ("received", "assigned", "waiting")
BEFORE_CHRISTMAS = datetime(2026, 12, 7, 3, tzinfo=UTC)


@pytest.fixture
def stage(session: Sessions, world: World) -> Stage:
    return set_stage(session, world)


def publish(stage: Stage, world: World, version: str, within: str) -> Release:
    """SIARAN whose respond clock lasts so long, and stands still while the reporter is asked."""
    clock = f"    within: \"'{within}'\"\n    paused_in: [waiting]\n"
    edits = {"records/report.yaml": [("    within: settings.respond_within\n", clock)]}
    release = publish_archive(stage.session, world, changed_siaran(edits, version, renamed={"scenarios/": ""}))
    use_tenant(stage.session, stage.place.id)
    return release


def told(stage: Stage, release: Release) -> tuple[int, int, int]:
    """Earlier, later, and red at once, by the report."""
    found = [one for one in make_report(stage.session, stage.installation, release).deadlines if one.clock == "respond"]
    return sum(one.earlier for one in found), sum(one.later for one in found), sum(one.red for one in found)


def become(stage: Stage, before: Release, after: Release, moment: datetime) -> tuple[int, int, int]:
    """The same by moving every record."""

    def clocks() -> dict[object, RecordClock]:
        query = select(RecordClock).where(RecordClock.clock == "respond").execution_options(populate_existing=True)
        return {clock.record_id: clock for clock in stage.session.scalars(query)}

    was = {record: (clock.due_at, clock.breached_at) for record, clock in clocks().items()}
    switch(stage, after)
    options = {"from_digest": before.digest, "to_digest": after.digest, "states": STATES, "mapping": Mapping()}
    finish(stage, start_move(stage.session, stage.installation, "report", **options))  # type: ignore[arg-type]
    now_due = {record: clock.due_at for record, clock in clocks().items()}
    return (
        sum(now_due[record] < due for record, (due, _) in was.items()),
        sum(now_due[record] > due for record, (due, _) in was.items()),
        sum(
            now_due[record] != due and missed is None and now_due[record] <= moment
            for record, (due, missed) in was.items()
        ),
    )


@pytest.mark.parametrize(("short", "expected"), [("P7D", "P5WD"), ("P5WD", "P7D"), ("PT30H", "P2D")])
def test_holidays_after_each_records_own_start_count(stage: Stage, world: World, short: str, expected: str) -> None:
    before, after = publish(stage, world, "0.9.5", short), publish(stage, world, "0.10.0", expected)
    switch(stage, before)
    for days in range(0, 20, 2):
        with set_clock(BEFORE_CHRISTMAS + timedelta(days=days, hours=days)):
            stage.report({"title": f"Lampu mati nomor {days}"})
            stage.session.commit()
    moment = BEFORE_CHRISTMAS + timedelta(days=20)
    with set_clock(moment):
        reckoned = told(stage, after)
        assert sum(reckoned[:2]) > 0
        assert reckoned == become(stage, before, after, moment)


def test_a_record_that_stood_still_is_not_red_before_its_time(stage: Stage, world: World) -> None:
    before, after = publish(stage, world, "0.9.5", "P4D"), publish(stage, world, "0.10.0", "P1D")
    switch(stage, before)
    for hours in (0, 10, 30, 60):
        with set_clock(BEFORE_CHRISTMAS):
            made = stage.report({"title": f"Lampu mati nomor {hours}"})
            stage.act(made.record, "dispatcher", "assign", agency="dlh")
            stage.act(made.record, "cleaner", "ask", question="Di mana?")
        with set_clock(BEFORE_CHRISTMAS + timedelta(hours=hours)):
            stage.act(made.record, stage.citizen(made.tracking_code), "reply", reply="Di tiang nomor 5")
            stage.session.commit()
    moment = BEFORE_CHRISTMAS + timedelta(hours=61)
    with set_clock(moment):
        reckoned = told(stage, after)
        assert reckoned == (4, 0, 3)
        assert reckoned == become(stage, before, after, moment)
