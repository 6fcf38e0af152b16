"""Another version for new records, running ones moved, taken back, and finished where they are."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from app_catalog.installations.effective import settings_at
from app_catalog.installations.versions import switch_version
from app_catalog.releases.models import Release
from app_runtime.records.models import Record
from app_runtime.records.updating import update_record
from app_runtime.upgrades import running
from app_runtime.upgrades.mapping import Mapping
from app_runtime.upgrades.models import MovedRecord, RecordMove
from app_runtime.upgrades.running import run_move_step, start_move, start_undo
from lumbung.db import now, set_clock, use_tenant
from lumbung.errors import Conflict, Invalid
from tests.app_runtime.stage import Sessions, Stage, set_stage
from tests.next_siaran import changed_siaran, publish_archive, publish_next
from tests.world import World

actor_of = running._actor
TO_NEXT = Mapping(states={"waiting": "assigned"}, fields={"cost": "expense"})


@pytest.fixture
def stage(session: Sessions, world: World) -> Stage:
    return set_stage(session, world)


@pytest.fixture
def following(session: Sessions, world: World, stage: Stage) -> Release:
    release = publish_next(session, world)
    use_tenant(session, stage.place.id)
    return release


def first(stage: Stage) -> Release:
    return stage.session.scalars(select(Release).where(Release.version == "0.9.0")).one()


def switch(stage: Stage, release: Release, **options: Any) -> None:
    switch_version(stage.session, stage.installation, release, **options)
    stage.session.commit()


def move(
    stage: Stage,
    release: Release,
    *,
    before: Release | None = None,
    states: tuple[str, ...] = ("received", "assigned", "waiting"),
    mapping: Mapping = TO_NEXT,
) -> RecordMove:
    if stage.installation.release_id != release.id:
        switch(stage, release)
    begun = start_move(
        stage.session,
        stage.installation,
        "report",
        from_digest=(before or first(stage)).digest,
        to_digest=release.digest,
        states=states,
        mapping=mapping,
    )
    stage.session.commit()
    return finish(stage, begun)


def undo(stage: Stage, done: RecordMove) -> RecordMove:
    start_undo(stage.session, done)
    return finish(stage, done)


def finish(stage: Stage, begun: RecordMove) -> RecordMove:
    while (after := run_move_step(stage.session, begun.id, most=2)).status in ("running", "undoing"):
        stage.session.commit()
    stage.session.commit()
    return after


def image(stage: Stage, record: Record) -> dict[str, Any]:
    """All that a record is, its clocks included."""
    stage.session.refresh(record)
    skipped = {"version", "updated_at", "search"}
    columns = {
        column.key: getattr(record, column.key) for column in Record.__table__.columns if column.key not in skipped
    }
    clocks = {
        name: [(clock.state, clock.due_at, clock.next_at, clock.warn_at) for clock in [stage.clock(record, name)]]
        for name in ("respond", "fix")
    }
    return columns | {"clocks": clocks}


def test_new_records_are_of_the_new_version_and_running_ones_end_on_theirs(stage: Stage, following: Release) -> None:
    old = stage.report().record
    stage.act(old, "dispatcher", "assign", agency="dlh")
    stage.act(old, "cleaner", "ask", question="Di tiang nomor berapa?")
    switch(stage, following)
    new = stage.report({"title": "Lampu lain yang mati"}).record
    assert new.definition_digest == following.digest
    assert (old.definition_digest, old.state) == (first(stage).digest, "waiting")
    assert stage.clock(new, "respond").due_at - new.created_at == timedelta(hours=24)
    assert stage.clock(old, "respond").due_at - old.created_at == timedelta(hours=48)
    with pytest.raises(Conflict):
        stage.act(new, "dispatcher", "ask", question="Tidak ada lagi")
    update_record(stage.session, old, stage.actor("cleaner"), {"cost": 125_000})
    assert old.data["cost"] == 125_000


def test_chosen_records_move_by_a_mapping_and_a_shorter_deadline_counts_from_their_start(
    stage: Stage, following: Release
) -> None:
    asked = stage.report().record
    stage.act(asked, "dispatcher", "assign", agency="dlh")
    update_record(stage.session, asked, stage.actor("cleaner"), {"cost": 90_000})
    stage.act(asked, "cleaner", "ask", question="Di mana?")
    other = stage.report({"title": "Tetap di versi lama"}).record
    switch(stage, following)
    done = move(stage, following, states=("waiting",))
    assert (done.status, done.total, done.moved, done.refused) == ("done", 1, 1, 0)
    stage.session.refresh(asked)
    assert (asked.definition_digest, asked.state) == (following.digest, "assigned")
    assert asked.data["expense"] == 90_000
    assert "cost" not in asked.data
    assert stage.clock(asked, "respond").due_at - asked.created_at == timedelta(hours=24)
    assert stage.clock(asked, "fix").paused_at is None
    assert other.definition_digest == first(stage).digest
    last = stage.history(asked)[-1]
    assert (last.kind, last.changes["from"], last.changes["to"]) == ("moved", "0.9.0", "0.10.0")
    stage.act(asked, "cleaner", "fix", after=["sesudah.jpg"])
    assert asked.state == "fixed"


def test_a_move_that_is_taken_back_leaves_everything_as_it_was(stage: Stage, following: Release) -> None:
    records = [stage.report({"title": f"Lampu nomor {number} mati"}).record for number in range(5)]
    for record in records[:3]:
        stage.act(record, "dispatcher", "assign", agency="dlh")
    update_record(stage.session, records[0], stage.actor("cleaner"), {"cost": 75_000})
    stage.act(records[1], "cleaner", "ask", question="Di mana tiangnya?")
    stage.session.commit()
    before = [image(stage, record) for record in records]
    done = move(stage, following)
    assert done.moved == 5
    assert [image(stage, record) for record in records] != before
    back = undo(stage, done)
    assert (back.status, back.undone) == ("undone", 5)
    assert [image(stage, record) for record in records] == before
    kinds = [kind for kind, _ in stage.kinds(records[1])]
    assert kinds[-2:] == ["moved", "move_undone"]


def test_taking_back_keeps_what_was_done_since(stage: Stage, following: Release) -> None:
    record = stage.report().record
    stage.act(record, "dispatcher", "assign", agency="dlh")
    update_record(stage.session, record, stage.actor("cleaner"), {"cost": 75_000})
    done = move(stage, following)
    stage.act(record, "cleaner", "respond", answer="Kami datang besok.")
    update_record(stage.session, record, stage.actor("cleaner"), {"expense": 80_000})
    stage.act(record, "cleaner", "fix", after=["sesudah.jpg"])
    undo(stage, done)
    stage.session.refresh(record)
    assert record.definition_digest == first(stage).digest
    assert (record.state, record.open) == ("fixed", False)
    assert record.data["cost"] == 80_000
    assert record.data["answer"] == "Kami datang besok."
    assert record.closed_at is not None
    assert stage.clock(record, "respond").state == "met"


def test_a_deadline_that_has_passed_by_the_new_rules_is_red_when_the_clocks_are_looked_at(
    stage: Stage, following: Release
) -> None:
    record = stage.report().record
    stage.session.commit()
    with set_clock(now() + timedelta(hours=30)):
        assert not record.overdue
        done = move(stage, following)
        clock = stage.clock(record, "respond")
        assert clock.next_at is not None
        assert clock.next_at <= now()
        undo(stage, done)
    stage.session.refresh(record)
    assert stage.clock(record, "respond").due_at - record.created_at == timedelta(hours=48)


def test_a_mapping_that_leaves_something_open_is_refused(stage: Stage, following: Release) -> None:
    stage.report()
    switch(stage, following)
    with pytest.raises(Invalid) as caught:
        start_move(
            stage.session,
            stage.installation,
            "report",
            from_digest=first(stage).digest,
            to_digest=following.digest,
            states=["received"],
            mapping=Mapping(fields={"cost": "title"}),
        )
    assert set(caught.value.fields) == {"states.waiting"}


def test_a_record_that_has_left_the_chosen_states_stays_where_it_is(
    stage: Stage, following: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = stage.report().record
    stage.report({"title": "Yang lain tetap pindah"})
    switch(stage, following)
    act = partial(stage.act, closed, "dispatcher", "reject", reason="Bukan kewenangan kami")
    # Somebody closes it after the step has chosen its records and before it comes to this one.
    monkeypatch.setattr(running, "_actor", lambda begun: (act() if closed.open else None, actor_of(begun))[1])
    assert move(stage, following, states=("received",)).moved == 1
    stage.session.refresh(closed)
    assert (closed.definition_digest, closed.state) == (first(stage).digest, "rejected")


def test_a_killed_step_leaves_whole_records_and_the_next_one_goes_on(stage: Stage, following: Release) -> None:
    for number in range(5):
        stage.report({"title": f"Lampu nomor {number} mati"})
    switch(stage, following)
    begun = start_move(
        stage.session,
        stage.installation,
        "report",
        from_digest=first(stage).digest,
        to_digest=following.digest,
        states=["received"],
        mapping=TO_NEXT,
    )
    stage.session.commit()
    run_move_step(stage.session, begun.id, most=2)
    stage.session.commit()
    run_move_step(stage.session, begun.id, most=2)
    stage.session.rollback()
    use_tenant(stage.session, stage.place.id)
    assert finish(stage, begun).moved == 5
    rows = stage.session.scalars(select(MovedRecord)).all()
    assert len({row.record_id for row in rows}) == len(rows) == 5


def test_going_back_makes_new_records_by_the_old_version_and_loses_nothing(stage: Stage, following: Release) -> None:
    switch(stage, following, overrides={"thanks": False, **_own(stage)})
    new = stage.report().record
    switch(stage, first(stage))
    old = stage.report({"title": "Setelah kembali ke versi lama"}).record
    assert (old.definition_digest, new.definition_digest) == (first(stage).digest, following.digest)
    stage.act(new, "dispatcher", "assign", agency="dlh")
    assert new.state == "assigned"
    switch(stage, following)
    assert _own(stage)["thanks"] is False


def _own(stage: Stage) -> dict[str, Any]:
    stage.session.refresh(stage.installation)
    return settings_at(stage.session, stage.installation.id, stage.installation.settings_version).overrides


def test_a_version_that_is_in_use_is_a_conflict(stage: Stage, following: Release) -> None:
    with pytest.raises(Conflict):
        switch_version(stage.session, stage.installation, first(stage))
    assert isinstance(now(), datetime)


def test_what_is_personal_from_the_new_version_on_is_kept_once(session: Sessions, world: World, stage: Stage) -> None:
    edits = {
        "records/report.yaml": [("    type: long_text\n    max: 4000\n", "    type: long_text\n    private: true\n")]
    }
    release = publish_archive(session, world, changed_siaran(edits, renamed={"scenarios/": ""}))
    use_tenant(session, stage.place.id)
    record = stage.report({"description": "Rumah Bu Sri di sebelahnya"}).record
    mapping = Mapping(fields={"description": "description"})
    done = move(stage, release, states=("received",), mapping=mapping)
    assert record.private["description"] == "Rumah Bu Sri di sebelahnya"
    kept = session.scalars(select(MovedRecord)).one()
    assert "Bu Sri" not in f"{kept.before} {kept.after} {kept.private}"
    undo(stage, done)
    session.refresh(record)
    assert record.data["description"] == "Rumah Bu Sri di sebelahnya"
