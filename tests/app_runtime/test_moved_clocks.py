"""Clocks of records that move to another version and come back: no pause is forgotten, no deadline begins anew."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app_catalog.releases.models import Release
from app_runtime.clocks.firing import fire_due_clocks
from app_runtime.figures.tally import WHOLE, count_events
from app_runtime.records.models import Record
from app_runtime.records.updating import update_record
from app_runtime.upgrades.mapping import Mapping
from lumbung.db import now, set_clock, use_tenant
from tests.app_runtime.stage import Sessions, Stage, set_stage
from tests.app_runtime.test_moving import move, switch, undo
from tests.next_siaran import Edits, changed_siaran, publish_archive
from tests.world import World

WITHOUT_FIX: Edits = {
    "records/report.yaml": [
        (
            "  fix:\n    label: {id: Penyelesaian, en: Fixing}\n"
            '    within: "settings.categories[record.category].fix_within"\n'
            "    starts: [created, reopen]\n    met_by: [fix, reject]\n    time: working\n    paused_in: [waiting]\n"
            "    warn_at: 75%\n    escalate: {head: {after: PT0S, to: agency_head}}\n",
            "",
        )
    ]
}
WITH_ONE_MORE: Edits = {
    "records/report.yaml": [
        (
            "duplicates: {within: 50m",
            "  settle:\n    label: {id: Tuntas, en: Settled}\n    within: \"'P3D'\"\n    starts: [created]\n"
            "    met_by: [fix, reject]\n    time: wall\n    paused_in: [waiting]\nduplicates: {within: 50m",
        )
    ]
}


@pytest.fixture
def stage(session: Sessions, world: World) -> Stage:
    return set_stage(session, world)


def publish(session: Sessions, world: World, edits: Edits, version: str = "0.10.0") -> Release:
    release = publish_archive(session, world, changed_siaran(edits, version, renamed={"scenarios/": ""}))
    use_tenant(session, world.tangsel.id)
    return release


def waited(stage: Stage, *, hours: int) -> Record:
    """A report whose agency waited so long for the reporter's answer; it is half an hour later now."""
    begun = now() - timedelta(hours=hours, minutes=30)
    with set_clock(begun):
        made = stage.report()
        stage.act(made.record, "dispatcher", "assign", agency="dlh")
        stage.act(made.record, "cleaner", "ask", question="Di tiang nomor berapa?")
    with set_clock(begun + timedelta(hours=hours)):
        stage.act(made.record, stage.citizen(made.tracking_code), "reply", reply="Nomor 5")
        stage.session.commit()
    return made.record


def test_a_clock_that_the_new_version_lacks_goes_on_where_it_stood(
    session: Sessions, world: World, stage: Stage
) -> None:
    following = publish(session, world, WITHOUT_FIX)
    record = waited(stage, hours=30)
    clock = stage.clock(record, "fix")
    before = clock.due_at, clock.round, clock.pauses, clock.state
    assert clock.pauses
    done = move(stage, following, states=("assigned",), mapping=Mapping())
    assert stage.clock(record, "fix").state == "ended"
    update_record(session, record, stage.actor("dispatcher"), {"title": "Judul yang lebih jelas"})
    undo(stage, done)
    clock = stage.clock(record, "fix")
    assert (clock.due_at, clock.round, clock.pauses, clock.state) == before


def test_what_answered_a_clock_meanwhile_answers_it_when_the_move_is_taken_back(
    session: Sessions, world: World, stage: Stage
) -> None:
    following = publish(session, world, WITHOUT_FIX)
    record = waited(stage, hours=2)
    done = move(stage, following, states=("assigned",), mapping=Mapping())
    stage.act(record, "cleaner", "fix", after=["sesudah.jpg"])
    undo(stage, done)
    clock = stage.clock(record, "fix")
    assert (clock.state, clock.round, clock.met_at) == ("met", 1, record.closed_at)


def test_what_answered_a_clock_too_late_meanwhile_has_missed_it_in_history_and_figures(
    session: Sessions, world: World, stage: Stage
) -> None:
    following = publish(session, world, WITHOUT_FIX)
    record = waited(stage, hours=2)
    done = move(stage, following, states=("assigned",), mapping=Mapping())
    begun = now()
    with set_clock(begun + timedelta(days=40)):
        fire_due_clocks(session, stage.place.id)
        stage.act(record, "cleaner", "fix", after=["sesudah.jpg"])
        undo(stage, done)
        clock = stage.clock(record, "fix")
        assert (clock.state, clock.breached_at, clock.met_at) == ("met_late", clock.due_at, record.closed_at)
        missed = {row.name: row.created_at for row in stage.history(record) if row.name.endswith(".breached")}
        assert missed["fix.breached"] == clock.due_at
        found = count_events(session, stage.installation, lambda *_: "all")["all", *WHOLE]
    assert (found.due, found.in_time) == (2, 0)


def test_a_clock_that_is_new_stood_still_while_it_would_have_been_paused(
    session: Sessions, world: World, stage: Stage
) -> None:
    following = publish(session, world, WITH_ONE_MORE)
    record = waited(stage, hours=30)
    waiting = stage.report({"title": "Masih menunggu pelapor"}).record
    stage.act(waiting, "dispatcher", "assign", agency="dlh")
    stage.act(waiting, "cleaner", "ask", question="Di mana?")
    asked_at = stage.history(waiting)[-1].created_at
    session.commit()
    with set_clock(now() + timedelta(hours=5)):
        move(stage, following, states=("assigned", "waiting"), mapping=Mapping())
    clock = stage.clock(record, "settle")
    assert clock.due_at == record.created_at + timedelta(days=3, hours=30)
    clock = stage.clock(waiting, "settle")
    assert (clock.state, clock.paused_at, clock.next_at) == ("paused", asked_at, None)


@pytest.mark.parametrize(("spans", "late"), [(("P1D", "P5D"), False), (("P1D", "P3D"), True)])
def test_a_deadline_that_was_missed_is_decided_once_when_the_record_moves_to_a_longer_one(
    session: Sessions, world: World, stage: Stage, spans: tuple[str, str], late: bool
) -> None:
    """Met within the longer deadline, or missed a second time: the month in which it was missed has counted it."""
    short, longer = (
        publish(
            session, world, {"records/report.yaml": [("within: settings.respond_within", f"within: \"'{span}'\"")]}, v
        )
        for span, v in zip(spans, ("0.9.5", "0.10.0"), strict=True)
    )
    switch(stage, short)
    begun = now()
    record = stage.report().record
    session.commit()
    with set_clock(begun + timedelta(days=2)):
        fire_due_clocks(session, stage.place.id)
        move(stage, longer, before=short, states=("received",), mapping=Mapping())
        assert stage.clock(record, "respond").breached_at is None
    with set_clock(begun + timedelta(days=4)):
        fire_due_clocks(session, stage.place.id)
        stage.act(record, "dispatcher", "assign", agency="dlh")
        stage.act(record, "cleaner", "respond", answer="Sedang diperiksa.")
        assert (stage.clock(record, "respond").breached_at is not None) is late
        found = count_events(session, stage.installation, lambda *_: "all")["all", *WHOLE]
    assert (found.due, found.in_time, len(found.answers), found.answered_in_time) == (1, 0, 1, 0)


def test_each_round_of_a_deadline_is_decided(session: Sessions, stage: Stage) -> None:
    begun = now()
    made = stage.report()
    for days, act in ((40, "reject"), (41, "reopen"), (90, "reject")):
        with set_clock(begun + timedelta(days=days)):
            fire_due_clocks(session, stage.place.id)
            who = stage.citizen(made.tracking_code) if act == "reopen" else "dispatcher"
            stage.act(made.record, who, act, **({} if act == "reopen" else {"reason": "Bukan kewenangan."}))
    missed = [name for kind, name in stage.kinds(made.record) if kind == "clock" and name.endswith(".breached")]
    assert missed.count("fix.breached") == 2
    with set_clock(begun + timedelta(days=91)):
        found = count_events(session, stage.installation, lambda *_: "all")["all", *WHOLE]
    assert (found.due, found.in_time) == (len(missed), 0)
