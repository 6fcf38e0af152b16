"""Deadlines: the red mark that only an answer stops, pauses, the ladder, and a worker that slept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select

from app_runtime.clocks.firing import fire_due_clocks
from app_runtime.clocks.preview import clock_preview
from app_runtime.notifications.sending import NOTIFY
from app_runtime.records.models import Record
from app_runtime.records.running_app import app_of_record
from lumbung.db import now, set_clock, use_tenant
from lumbung.outbox import Effect, Wakeup, drain
from lumbung.web.sites import LumbungFlask
from tenants.agencies.models import AgencyHead
from tenants.calendars.services import load_calendar
from tenants.calendars.span import Span
from tenants.calendars.working_time import Pause
from tenants.people.models import Delegation, Membership, RoleGrant
from tests.app_runtime.stage import Sessions, Stage, set_stage
from tests.world import World

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # Monday, eight o'clock in Jakarta.
HOUR = timedelta(hours=1)


@pytest.fixture
def stage(session: Sessions, world: World) -> Stage:
    return set_stage(session, world)


def fire(stage: Stage, at: datetime) -> int:
    with set_clock(at):
        return fire_due_clocks(stage.session, stage.place.id)


def report(stage: Stage, at: datetime = START) -> Record:
    with set_clock(at):
        return stage.report().record


def test_forwarding_does_not_stop_the_red_mark_and_an_answer_does(stage: Stage) -> None:
    forwarded, answered = report(stage), report(stage)
    with set_clock(START + HOUR):
        stage.act(forwarded, "dispatcher", "assign", agency="dishub")
        stage.act(answered, "handler", "respond", answer="Kami periksa hari ini.")
    fire(stage, START + 49 * HOUR)
    assert (stage.clock(forwarded, "respond").state, forwarded.overdue) == ("breached", True)
    assert (stage.clock(answered, "respond").state, answered.overdue) == ("met", False)


def test_a_late_answer_takes_the_red_mark_away_and_stays_late(stage: Stage) -> None:
    record = report(stage)
    fire(stage, START + 49 * HOUR)
    with set_clock(START + 50 * HOUR):
        stage.act(record, "handler", "respond", answer="Maaf terlambat.")
    clock = stage.clock(record, "respond")
    assert (clock.state, clock.next_at, record.overdue) == ("met_late", None, False)
    assert clock.breached_at == START + 48 * HOUR


def test_an_answer_at_the_very_deadline_is_in_time(stage: Stage) -> None:
    record = report(stage)
    with set_clock(START + 48 * HOUR):
        stage.act(record, "handler", "respond", answer="Tepat waktu.")
    assert stage.clock(record, "respond").state == "met"


def test_who_acts_before_the_worker_looked_finds_the_clock_missed(stage: Stage) -> None:
    record = report(stage)
    with set_clock(START + 49 * HOUR):
        stage.act(record, "handler", "respond", answer="Terlambat sejam.")
    assert stage.clock(record, "respond").state == "met_late"
    assert ("clock", "respond.breached") in stage.kinds(record)


def test_working_days_stand_still_while_the_reporter_is_asked(stage: Stage) -> None:
    with set_clock(START):
        created = stage.report()
    record, reporter = created.record, stage.citizen(created.tracking_code)
    asked, replied = START + 26 * HOUR, START + 75 * HOUR
    with set_clock(asked):
        stage.act(record, "handler", "ask", question="Di mana?")
    clock = stage.clock(record, "fix")
    assert (clock.state, clock.next_at) == ("paused", None)
    assert stage.clock(record, "respond").state == "running"
    with set_clock(replied):
        stage.act(record, reporter, "reply", reply="Di sini.")
    expected = load_calendar(stage.session).due(
        START, Span(working_days=5), pauses=[Pause(asked, replied)], office_hours=True
    )
    assert clock.due_at == expected > START + timedelta(days=7)
    assert clock.state == "running"


def test_reopening_starts_a_new_round(stage: Stage) -> None:
    with set_clock(START):
        created = stage.report()
    record = created.record
    with set_clock(START + HOUR):
        stage.act(record, "handler", "fix", after=["a"])
    fire(stage, START + 100 * HOUR)
    assert record.overdue is False
    with set_clock(START + 101 * HOUR):
        stage.act(record, stage.citizen(created.tracking_code), "reopen")
    clock = stage.clock(record, "respond")
    assert (clock.round, clock.state, clock.due_at) == (2, "running", START + 149 * HOUR)
    fire(stage, START + 150 * HOUR)
    assert record.overdue is True


def test_a_worker_that_slept_does_every_step_once_in_order_at_its_time(stage: Stage) -> None:
    record = report(stage)
    fired = fire(stage, START + timedelta(days=30))
    assert fired > 4
    assert fire(stage, START + timedelta(days=30)) == 0
    steps = [row for row in stage.history(record) if row.kind in ("clock", "escalation")]
    assert [row.name for row in steps][:3] == ["respond.warned", "respond.breached", "respond.head"]
    assert [row.created_at for row in steps] == sorted(row.created_at for row in steps)
    by_name = {row.name: row.created_at for row in steps}
    assert by_name["respond.warned"] == START + 36 * HOUR
    assert by_name["respond.breached"] == START + 48 * HOUR
    assert by_name["respond.city"] == START + 72 * HOUR
    assert len(by_name) == len(steps)


def test_the_sweep_is_woken_by_the_clock_itself(app: LumbungFlask, stage: Stage) -> None:
    record = report(stage)
    stage.session.commit()
    due = stage.session.scalars(select(Wakeup.due_at).where(Wakeup.kind == "clocks")).all()
    assert START + 36 * HOUR in due
    record_id = record.id
    with set_clock(START + 49 * HOUR):
        drain(app)
    stage.session.expire_all()
    assert stage.session.get_one(Record, (stage.place.id, record_id)).overdue is True


def test_the_second_rung_is_woken_too(app: LumbungFlask, stage: Stage) -> None:
    record = report(stage)
    stage.session.commit()
    for hours in (37, 49, 73):
        with set_clock(START + hours * HOUR):
            drain(app)
    stage.session.expire_all()
    use_tenant(stage.session, stage.place.id)
    assert set(rungs(stage, record)) == {"respond.head", "respond.city"}


def rungs(stage: Stage, record: Record) -> dict[str, list[str]]:
    return {row.name: row.changes["reached"] for row in stage.history(record) if row.kind == "escalation"}


def test_the_ladder_names_whom_it_reached(stage: Stage) -> None:
    record = report(stage)
    fire(stage, START + 73 * HOUR)
    assert rungs(stage, record) == {"respond.head": ["Head Tangsel"], "respond.city": ["Admin Tangsel"]}


def test_without_a_head_the_next_rung_is_told_at_once(stage: Stage) -> None:
    stage.session.execute(delete(AgencyHead).where(AgencyHead.tenant_id == stage.place.id))
    record = report(stage)
    fire(stage, START + 48 * HOUR)
    assert rungs(stage, record) == {"respond.head": [], "respond.city": ["Admin Tangsel"]}
    fire(stage, START + 100 * HOUR)
    assert len([name for name in rungs(stage, record) if name.startswith("respond.")]) == 2


def test_a_ladder_without_anybody_ends_at_the_administrator(stage: Stage) -> None:
    stage.session.execute(delete(AgencyHead).where(AgencyHead.tenant_id == stage.place.id))
    record = report(stage)
    fire(stage, START + timedelta(days=30))
    reached = rungs(stage, record)
    assert reached["fix.head"] == []
    assert reached["fix.tenant_admin"] == ["Admin Tangsel"]


def test_when_nobody_at_all_can_be_told_the_history_says_so(stage: Stage) -> None:
    stage.session.execute(delete(AgencyHead).where(AgencyHead.tenant_id == stage.place.id))
    stage.session.execute(
        delete(RoleGrant).where(RoleGrant.tenant_id == stage.place.id, RoleGrant.role == "tenant_admin")
    )
    record = report(stage)
    fire(stage, START + 49 * HOUR)
    assert rungs(stage, record) == {"respond.head": [], "respond.city": []}
    assert stage.clock(record, "respond").next_at is None


def test_who_acts_for_the_head_is_told_instead(stage: Stage) -> None:
    stage.session.add(
        Delegation(
            tenant_id=stage.place.id,
            agency_id=stage.place.agencies["dishub"].id,
            acting_id=stage.place.members["handler"].id,
            first_day=START.date(),
            last_day=START.date() + timedelta(days=9),
        )
    )
    record = report(stage)
    with set_clock(START + 49 * HOUR):
        fire_due_clocks(stage.session, stage.place.id)
    assert rungs(stage, record) == {"respond.head": ["Handler Tangsel"]}


def test_a_head_who_left_is_nobody(stage: Stage) -> None:
    head = stage.session.get_one(Membership, (stage.place.id, stage.place.members["head"].id))
    head.ended_at = now()
    record = report(stage)
    fire(stage, START + 48 * HOUR)
    assert rungs(stage, record)["respond.head"] == []


def test_the_apps_own_message_is_not_said_twice(stage: Stage) -> None:
    report(stage)
    fire(stage, START + 49 * HOUR)
    effects = stage.session.scalars(select(Effect).where(Effect.kind == NOTIFY)).all()
    to_head = [effect.payload for effect in effects if effect.payload["to"] == "agency_head"]
    assert [payload["message"] for payload in to_head] == ["overdue"]


def test_one_broken_record_does_not_hold_up_the_others(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, sound = report(stage), report(stage)
    from app_runtime.clocks import firing

    real = app_of_record

    def fail_for_broken(session: object, record: Record) -> object:
        if record.id == broken.id:
            raise RuntimeError("a rule that fails")
        return real(session, record)  # type: ignore[arg-type]

    monkeypatch.setattr(firing, "app_of_record", fail_for_broken)
    fire(stage, START + 49 * HOUR)
    assert sound.overdue is True
    monkeypatch.setattr(firing, "app_of_record", real)
    fire(stage, START + 50 * HOUR)
    assert broken.overdue is True


def test_a_disabled_app_rings_no_bells_until_it_is_back(stage: Stage) -> None:
    record = report(stage)
    stage.installation.status = "disabled"
    stage.session.flush()
    assert fire(stage, START + 49 * HOUR) == 0
    stage.installation.status = "enabled"
    stage.session.flush()
    fire(stage, START + 49 * HOUR)
    assert record.overdue is True


def test_the_self_test_says_what_would_fire_when_and_writes_nothing(stage: Stage) -> None:
    with set_clock(START):
        moments = clock_preview(stage.session, stage.installation)
    lamp = [moment for moment in moments if moment.option == "street-light" and moment.clock == "respond"]
    assert [(moment.phase, moment.at) for moment in lamp] == [
        ("warned", START + 36 * HOUR),
        ("due", START + 48 * HOUR),
        ("rung", START + 48 * HOUR),
        ("rung", START + 72 * HOUR),
    ]
    assert [moment.reaches for moment in lamp[2:]] == [("Head Tangsel",), ("Admin Tangsel",)]
    rubbish = [m for m in moments if m.option == "rubbish" and m.clock == "fix" and m.phase == "rung"]
    assert [moment.reaches for moment in rubbish] == [()]
    stage.session.flush()
    assert stage.session.scalars(select(Record)).all() == []
