"""What the officials' side tells the rest: deadlines that would fire, roles, agencies in use, steps, figures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app_catalog.evaluations.facts import Facts, count_facts
from app_runtime.clocks.firing import fire_due_clocks
from app_runtime.records.actors import Actor
from app_runtime.records.models import Record, RecordClock, RecordHistory
from app_runtime.workflow.acting import take_action
from lumbung.db import as_tenant, set_clock
from lumbung.web.sites import LumbungFlask
from tenants.agencies.usage import apps_naming
from tenants.municipalities.checklist import checklist
from tenants.people.role_catalogue import role_choices
from tests.app_runtime.work_desk import ANYBODY, Desk, Sessions, open_desk
from tests.browsing import words_of
from tests.world import World

MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
JAKARTA = ZoneInfo("Asia/Jakarta")


def test_the_self_test_names_who_is_told_and_where_nobody_is(
    app: LumbungFlask, session: Sessions, world: World
) -> None:
    desk = open_desk(app, session, world)
    words = words_of(desk.browser("admin").get("/manage/apps/siaran/clocks"))
    assert "Penerangan jalan umum" in words
    assert "Head Tangsel" in words
    assert "Admin Tangsel" in words
    assert "tidak ada orangnya, dilewati" in words
    assert desk.browser("handler").get("/manage/apps/siaran/clocks").status_code == 403
    assert desk.browser("admin").get("/manage/apps/nothing/clocks").status_code == 404


def test_roles_agencies_and_steps_follow_what_is_enabled(app: LumbungFlask, session: Sessions, world: World) -> None:
    with as_tenant(session, world.tangsel.id):
        assert not [one for one in role_choices(session) if one.value.startswith("siaran:")]
        assert apps_naming(session, "dishub") == []
        before = {item.id: item.done for item in checklist(session, world.tangsel.municipality)}
    assert (before["first-app"], before["first-report"]) == (False, False)
    desk = open_desk(app, session, world)
    desk.report()
    with as_tenant(session, world.tangsel.id):
        labels = {one.value: one.label for one in role_choices(session)}
        assert labels["siaran:handler"] == "Petugas dinas (SIARAN: Laporan Warga)"
        assert apps_naming(session, "dishub") == ["SIARAN: Laporan Warga"]
        after = {item.id: item.done for item in checklist(session, world.tangsel.municipality)}
    assert (after["first-app"], after["first-report"]) == (True, True)
    with as_tenant(session, world.surabaya.id):
        assert apps_naming(session, "dishub") == []
        there = {item.id: item.done for item in checklist(session, world.surabaya.municipality)}
    assert (there["first-app"], there["first-report"]) == (False, False)


def test_the_facts_equal_a_plain_recount(app: LumbungFlask, session: Sessions, world: World) -> None:
    desk = open_desk(app, session, world)
    _a_busy_week(desk)
    first, last = MONDAY.date(), MONDAY.date() + timedelta(days=2)
    with as_tenant(session, desk.place.id):
        counted = count_facts(session, desk.installation, first=first, last=last)
        assert counted == _recount(session, desk, first, last)
    assert counted.records == 5
    assert counted.closed == 2
    assert counted.reopened == 1
    assert 0 < counted.in_time < counted.due
    with as_tenant(session, desk.place.id):
        day_before = MONDAY.date() - timedelta(days=1)
        nothing = count_facts(session, desk.installation, first=day_before, last=day_before)
        assert nothing == Facts(1, 0, 0, 0, None, 0)


def _a_busy_week(desk: Desk) -> None:
    """Six reports over three days; the first arrives a minute before the period, by the municipality's clock."""
    midnight = datetime(2026, 3, 2, tzinfo=JAKARTA)
    owner = Actor(kind="resident", account_id=desk.place.accounts["evaluator"].id)
    ids = []
    for number, moment in enumerate(
        [midnight - timedelta(minutes=1), midnight, *(MONDAY + timedelta(hours=hours) for hours in (1, 5, 30, 50))]
    ):
        with set_clock(moment):
            ids.append(desk.report(f"Laporan nomor {number}", by=owner if number == 2 else ANYBODY))
    _act(desk, ids[1], "reject", MONDAY + timedelta(hours=3), reason="Bukan kewenangan.")
    _act(desk, ids[2], "reject", MONDAY + timedelta(hours=4), reason="Salah alamat.")
    _act(desk, ids[2], "reopen", MONDAY + timedelta(hours=6), by=owner)
    _act(desk, ids[3], "respond", MONDAY + timedelta(hours=8), answer="Diperiksa.")
    with set_clock(MONDAY + timedelta(days=60)), as_tenant(desk.session, desk.place.id):
        fire_due_clocks(desk.session, desk.place.id)
        desk.session.commit()


def _act(desk: Desk, record_id: Any, action: str, at: datetime, by: Actor | None = None, **answers: str) -> None:
    official = Actor(kind="member", membership_id=desk.place.members["dispatcher"].id, roles=frozenset({"dispatcher"}))
    if action == "respond":
        agency = desk.place.agencies["dishub"].id
        official = Actor(
            kind="member",
            membership_id=desk.place.members["handler"].id,
            roles=frozenset({"handler"}),
            agency_ids=frozenset({agency}),
        )
    with set_clock(at), as_tenant(desk.session, desk.place.id):
        record = desk.session.get_one(Record, (desk.place.id, record_id))
        take_action(desk.session, record, by or official, action, answers)
        desk.session.commit()


def _recount(session: Sessions, desk: Desk, first: Any, last: Any) -> Facts:
    """The same figures by reading every row in Python."""
    ends = {"fixed", "rejected"}

    def falls(at: datetime | None) -> bool:
        return at is not None and first <= at.astimezone(JAKARTA).date() <= last

    made = {
        record.id: record.created_at
        for record in session.scalars(select(Record).where(Record.tenant_id == desk.place.id))
    }
    clocks = session.scalars(select(RecordClock)).all()
    met = sum(falls(one.met_at) and one.breached_at is None for one in clocks)
    acts = [one for one in session.scalars(select(RecordHistory)) if one.kind == "action" and falls(one.created_at)]
    closings = [one for one in acts if one.from_state not in ends and one.to_state in ends]
    closed = [(one.created_at - made[one.record_id]).total_seconds() for one in closings]
    return Facts(
        records=sum(falls(at) for at in made.values()),
        closed=len(closed),
        due=met + sum(falls(one.breached_at) for one in clocks),
        in_time=met,
        median_seconds=median(closed) if closed else None,
        reopened=sum(one.from_state in ends and one.to_state not in ends for one in acts),
    )
