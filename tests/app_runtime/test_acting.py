"""Taking actions: who, in which state, on which condition, and what follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import select

from app_runtime.records.models import Record, RecordHistory, RecordHistoryPrivate
from app_runtime.records.moderation import set_checked
from app_runtime.records.reading import access_record, find_record, get_record
from app_runtime.workflow.acting import allowed_actions, take_action
from lumbung.db import as_tenant, db, set_clock, use_tenant
from lumbung.errors import Conflict, Forbidden, Invalid, LumbungError, NotFound
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.stage import Sessions, Stage, other_tenant, set_stage
from tests.world import World


@pytest.fixture
def stage(session: Sessions, world: World) -> Stage:
    return set_stage(session, world)


def refused(error: type[LumbungError], because: str, act: Any) -> None:
    with pytest.raises(error) as caught:
        act()
    assert caught.value.details["because"] == because


def test_a_report_walks_from_receipt_to_the_end(stage: Stage) -> None:
    created = stage.report()
    record, reporter = created.record, stage.citizen(created.tracking_code)
    stage.act(record, "dispatcher", "assign", agency="dlh", note="Tolong hari ini")
    assert record.agency_id == stage.place.agencies["dlh"].id
    assert record.agency_assigned
    stage.act(record, "cleaner", "ask", question="Di tiang nomor berapa?")
    assert record.state == "waiting"
    stage.act(record, reporter, "reply", reply="Nomor 12")
    stage.act(record, "cleaner", "respond", answer="Kami datang sore ini.")
    assert (record.state, record.data["answer"]) == ("assigned", "Kami datang sore ini.")
    stage.act(record, "cleaner", "fix", after=["sesudah.jpg"])
    assert (record.state, record.open, record.overdue) == ("fixed", False, False)
    assert record.closed_at is not None
    assert record.due_at is None
    actions = [name for kind, name in stage.kinds(record) if kind == "action"]
    assert actions == ["assign", "ask", "reply", "respond", "fix"]
    stage.act(record, reporter, "reopen")
    assert (record.state, record.open) == ("received", True)
    assert stage.session.get_one(Record, (record.tenant_id, record.id)).closed_at is None
    assert stage.clock(record, "respond").round == 2


def test_only_the_roles_of_an_action_take_it(stage: Stage) -> None:
    created = stage.report()
    record, reporter = created.record, stage.citizen(created.tracking_code)
    refused(Forbidden, "role", lambda: stage.act(record, "handler", "assign", agency="dlh"))
    refused(Forbidden, "role", lambda: stage.act(record, reporter, "fix", after=["a"]))
    refused(Forbidden, "role", lambda: stage.act(record, "dispatcher", "respond", answer="x"))
    with pytest.raises(NotFound):
        stage.act(record, "cleaner", "respond", answer="Bukan dinas saya")
    with pytest.raises(NotFound):
        stage.act(record, stage.citizen(), "reopen")


def test_a_wrong_state_is_a_conflict(stage: Stage) -> None:
    created = stage.report()
    record, reporter = created.record, stage.citizen(created.tracking_code)
    refused(Conflict, "state", lambda: stage.act(record, reporter, "reply", reply="x"))
    stage.act(record, "handler", "reject", reason="Milik pusat")
    refused(Conflict, "state", lambda: stage.act(record, "handler", "fix", after=["a"]))
    refused(Conflict, "state", lambda: stage.act(record, "dispatcher", "dance"))


def test_whoever_made_the_report_does_not_close_it(stage: Stage) -> None:
    record = stage.report().record
    record.created_by = stage.place.members["handler"].account_id
    stage.session.flush()
    refused(Conflict, "condition", lambda: stage.act(record, "handler", "fix", after=["a"]))
    assert "fix" not in [action.id for action in allowed_actions(stage.session, record, stage.actor("handler"))]


def test_answers_are_asked_for_and_checked(stage: Stage) -> None:
    record = stage.report().record
    refused(Invalid, "required", lambda: stage.act(record, "handler", "fix"))
    refused(Invalid, "required", lambda: stage.act(record, "handler", "respond", answer="  "))
    refused(Invalid, "invalid", lambda: stage.act(record, "dispatcher", "assign", agency="nowhere"))
    refused(Invalid, "invalid", lambda: stage.act(record, "handler", "respond", answer="x", extra="y"))
    assert record.state == "received"
    assert [kind for kind, _ in stage.kinds(record)].count("action") == 0


def test_a_closed_agency_gets_nothing(stage: Stage) -> None:
    record = stage.report().record
    stage.place.agencies["dlh"].closed_at = datetime(2026, 1, 1, tzinfo=UTC)
    stage.session.merge(stage.place.agencies["dlh"])
    stage.session.flush()
    refused(Invalid, "invalid", lambda: stage.act(record, "dispatcher", "assign", agency="dlh"))


def test_reopening_has_its_time(stage: Stage) -> None:
    start = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    with set_clock(start):
        created = stage.report()
        stage.act(created.record, "handler", "fix", after=["a"])
    reporter = stage.citizen(created.tracking_code)
    with set_clock(start + timedelta(days=7, seconds=1)):
        refused(Conflict, "condition", lambda: stage.act(created.record, reporter, "reopen"))
        assert allowed_actions(stage.session, created.record, reporter) == []
    with set_clock(start + timedelta(days=7)):
        assert [action.id for action in allowed_actions(stage.session, created.record, reporter)] == ["reopen"]
        stage.act(created.record, reporter, "reopen")


def test_a_form_is_stale_when_the_state_changed_or_the_same_was_done_since(stage: Stage) -> None:
    record = stage.report().record
    handler = stage.actor("handler")
    seen = record.version
    set_checked(stage.session, record, stage.actor("dispatcher"), True)
    take_action(stage.session, record, handler, "respond", {"answer": "Kami periksa."}, expected_version=seen)
    with pytest.raises(Conflict) as caught:
        take_action(stage.session, record, handler, "respond", {"answer": "Lagi."}, expected_version=seen)
    assert caught.value.details["because"] == "state"
    take_action(stage.session, record, handler, "respond", {"answer": "Sudah."}, expected_version=record.version)
    seen = record.version
    stage.act(record, "dispatcher", "assign", agency="dishub")
    with pytest.raises(Conflict):
        take_action(stage.session, record, handler, "ask", {"question": "Di mana?"}, expected_version=seen)


def test_a_record_moved_elsewhere_leaves_its_former_agency(stage: Stage) -> None:
    record = stage.report().record
    assert [a.id for a in allowed_actions(stage.session, record, stage.actor("handler"))] == [
        "respond",
        "ask",
        "fix",
        "reject",
    ]
    stage.act(record, "dispatcher", "assign", agency="dlh")
    with pytest.raises(NotFound):
        access_record(stage.session, stage.actor("handler"), record.id)
    access_record(stage.session, stage.actor("cleaner"), record.id)


def test_an_agency_above_works_for_those_below(stage: Stage) -> None:
    record = stage.report({"category": "rubbish"}).record
    below = stage.place.agencies["dlh"]
    below.parent_id = stage.place.agencies["dishub"].id
    stage.session.merge(below)
    stage.session.flush()
    stage.act(record, "handler", "respond", answer="Dari dinas induk.")


def test_the_category_leads_to_the_agency_until_somebody_assigns(stage: Stage) -> None:
    from app_runtime.records.updating import update_record

    record = stage.report().record
    update_record(stage.session, record, stage.actor("dispatcher"), {"category": "rubbish"})
    assert record.agency_id == stage.place.agencies["dlh"].id
    stage.act(record, "dispatcher", "assign", agency="dishub")
    update_record(stage.session, record, stage.actor("dispatcher"), {"category": "flood"})
    assert record.agency_id == stage.place.agencies["dishub"].id


def test_straight_to_the_agency_forwards_by_itself(session: Sessions, world: World) -> None:
    stage = set_stage(session, world, straight_to_agency=True)
    record = stage.report().record
    assert (record.state, record.agency_assigned) == ("assigned", True)
    forwarded = [row for row in stage.history(record) if row.name == "assign"]
    assert [row.actor_kind for row in forwarded] == ["system"]


def test_an_automation_that_cannot_act_is_noted_and_stops_nothing(session: Sessions, world: World) -> None:
    stage = set_stage(session, world, straight_to_agency=True)
    agency = stage.place.agencies["dishub"]
    agency.closed_at = datetime(2026, 1, 1, tzinfo=UTC)
    session.merge(agency)
    session.flush()
    record = stage.report().record
    assert record.state == "received"
    assert record.agency_id is None
    assert ("rule_error", "act.assign") in stage.kinds(record)


def test_what_a_citizen_writes_can_be_erased_apart_from_the_history(stage: Stage) -> None:
    created = stage.report()
    stage.act(created.record, "handler", "ask", question="Di mana?")
    stage.act(created.record, stage.citizen(created.tracking_code), "reply", reply="Di depan rumah Pak Budi")
    rows = stage.session.scalars(select(RecordHistory).where(RecordHistory.name == "reply")).all()
    assert all("Budi" not in str(row.changes) for row in rows)
    private = stage.session.scalars(select(RecordHistoryPrivate)).one()
    assert private.values == {"fields": {}, "answers": {"reply": "Di depan rumah Pak Budi"}}


def test_a_foreign_municipalitys_record_is_not_found(stage: Stage, world: World) -> None:
    record = stage.report().record
    stage.session.commit()
    with as_tenant(stage.session, other_tenant(world, stage)):
        assert find_record(stage.session, record.id) is None
        with pytest.raises(NotFound):
            access_record(stage.session, replace(stage.actor("dispatcher")), record.id)


def test_two_officials_at_once_take_one_step(app: LumbungFlask, stage: Stage) -> None:
    record_id, tenant_id = stage.report().record.id, stage.place.id
    dispatcher, handler = stage.actor("dispatcher"), stage.actor("handler")
    stage.session.commit()
    stage.session.remove()
    outcomes: list[str] = []

    def close(actor: Any, action: str, answers: dict[str, Any]) -> None:
        with app.app_context():
            use_tenant(db.session, tenant_id)
            try:
                take_action(db.session, get_record(db.session, record_id), actor, action, answers, channel="scenario")
                db.session.commit()
                outcomes.append("done")
            except Conflict as error:
                db.session.rollback()
                outcomes.append(str(error.details["because"]))
            finally:
                db.session.remove()

    threads = [
        Thread(target=close, args=(dispatcher, "reject", {"reason": "Bukan kami"})),
        Thread(target=close, args=(handler, "fix", {"after": ["a"]})),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["done", "state"]
    use_tenant(stage.session, tenant_id)
    assert stage.session.scalars(select(Record)).one().open is False
