"""Monthly figures: always what history says, and never changed once they are frozen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session, scoped_session

from app_catalog.evaluations.facts import count_facts
from app_catalog.figures.models import FrozenFigures, MonthlyFigures
from app_runtime.clocks.firing import fire_due_clocks
from app_runtime.figures.keeping import keep_figures
from app_runtime.figures.months import count_open, id_at, list_figures, reckon_anew, reckon_months
from app_runtime.records.models import Record, RecordClock, RecordHistory
from lumbung.db import set_clock, use_tenant
from lumbung.errors import Conflict, Forbidden
from lumbung.ids import new_id
from lumbung.outbox import run_periodics
from lumbung.postgres.roles import DatabaseUrls
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.stage import Stage, set_stage
from tests.browsing import browse, words_of
from tests.world import World

Sessions = scoped_session[Session]
JAKARTA = ZoneInfo("Asia/Jakarta")
MAY = datetime(2026, 5, 11, 3, tzinfo=UTC)
NOTHING_UNDER_WAY = -timedelta(milliseconds=1)
ENDS = {"fixed", "rejected"}
NAMES = (
    "created", "closed", "closed_success", "reopened", "answered", "answered_in_time", "answer_seconds",
    "answer_median", "close_seconds", "close_median", "due", "in_time", "people", "agencies",
)  # fmt: skip


@pytest.fixture
def stage(session: Sessions, world: World) -> Stage:
    with set_clock(MAY - timedelta(days=10)):
        return set_stage(session, world)


def test_a_month_counts_what_happened_in_it_by_the_municipality_s_zone(stage: Stage) -> None:
    last_of_may = datetime(2026, 5, 31, 16, 59, tzinfo=UTC)
    with set_clock(last_of_may):
        before = stage.report().record
    with set_clock(last_of_may + timedelta(minutes=1)):
        stage.report()
    with set_clock(last_of_may + timedelta(hours=2)):
        stage.act(before, "dispatcher", "reject", reason="Bukan kewenangan.")
    with set_clock(last_of_may + timedelta(hours=3)):
        rows = {row.month: row for row in list_figures(stage.session, stage.installation) if not row.version}
        versions = {row.version for row in list_figures(stage.session, stage.installation)}
    may, june = rows[date(2026, 5, 1)], rows[date(2026, 6, 1)]
    assert (may.created, may.closed, may.people) == (1, 0, 0)
    assert (june.created, june.closed, june.closed_success, june.people, june.agencies) == (1, 1, 0, 1, 1)
    assert june.close_median == june.close_seconds == 7_200
    assert len(versions) == 2


def test_facts_of_a_month_equal_its_figures(stage: Stage) -> None:
    _live(stage, [("report", 0, 1), ("reject", 0, 30), ("report", 0, 2), ("respond", 0, 9), ("wait", 0, 200)])
    with set_clock(MAY + timedelta(days=15)):
        facts = count_facts(stage.session, stage.installation, first=date(2026, 5, 1), last=date(2026, 5, 31))
        may = next(row for row in list_figures(stage.session, stage.installation) if row.month == date(2026, 5, 1))
    assert (facts.records, facts.closed, facts.due, facts.in_time, facts.reopened) == (
        may.created, may.closed, may.due, may.in_time, may.reopened,
    )  # fmt: skip
    assert facts.records == 2
    assert facts.closed == 1


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["report", "report", "reject", "respond", "reopen", "wait", "empty", "keep"]),
        st.integers(0, 3),
        st.sampled_from([1, 1, 3, 9, 30, 400]),
    ),
    min_size=4,
    max_size=14,
)


@settings(
    max_examples=8,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(
    steps=[
        ("report", 0, 1),
        ("report", 0, 1),
        ("respond", 0, 3),
        ("reject", 1, 5),
        ("reopen", 1, 5),
        ("keep", 0, 400),
        ("wait", 0, 400),
        ("reject", 1, 1),
        ("empty", 1, 1),
        ("keep", 0, 300),
        ("report", 0, 1),
    ]
)
@example(
    steps=[("report", 0, 1), ("respond", 0, 2), ("report", 0, 1), ("reject", 1, 1), ("reopen", 1, 1), ("wait", 0, 90)]
)
@given(steps=STEPS)
def test_figures_equal_a_plain_recount_whatever_happens(stage: Stage, steps: list[tuple[str, int, int]]) -> None:
    session = stage.session
    point = session.begin_nested()
    try:
        end = _live(stage, steps)
        with set_clock(end):
            counted = {
                (key[0], name): tally.columns()[name]
                for key, tally in count_open(session, stage.installation).items()
                if key[1:] == ("", "") and key[0] >= _open_from(stage)
                for name in NAMES
            }
            plain = _recount(stage, _open_from(stage))
            assert counted == plain
            reckon_months(session, stage.installation, under_way=NOTHING_UNDER_WAY)
            kept = _kept(stage)
            assert _kept(stage) == kept == _shown(stage)
    finally:
        point.rollback()


def test_frozen_months_stay_when_records_and_personal_data_go(
    stage: Stage, database: DatabaseUrls, session: Sessions
) -> None:
    _live(stage, [("report", 0, 1), ("reject", 0, 5), ("report", 0, 3), ("respond", 0, 4)])
    later = datetime(2026, 6, 9, tzinfo=UTC)
    with set_clock(later):
        reckon_months(session, stage.installation, under_way=NOTHING_UNDER_WAY)
        before = _kept(stage)
        assert {row.frozen for row in session.scalars(select(MonthlyFigures))} == {True}
        session.commit()
        _delete_records(database)
        session.expire_all()
        reckon_months(session, stage.installation, under_way=NOTHING_UNDER_WAY)
        assert _kept(stage) == before == _shown(stage)
    assert before[(date(2026, 5, 1), "created")] == 2
    session.commit()


def test_a_month_is_open_for_seven_days(stage: Stage, session: Sessions) -> None:
    _live(stage, [("report", 0, 1)])
    for moment, frozen in (
        (datetime(2026, 6, 7, 16, 59, tzinfo=UTC), False),
        (datetime(2026, 6, 7, 17, 1, tzinfo=UTC), True),
    ):
        with set_clock(moment):
            reckon_months(session, stage.installation, under_way=NOTHING_UNDER_WAY)
        assert {row.frozen for row in session.scalars(select(MonthlyFigures))} == {frozen}


def test_what_comes_late_counts_in_the_oldest_open_month_and_once(stage: Stage, session: Sessions) -> None:
    _live(stage, [("report", 0, 1)])
    with set_clock(datetime(2026, 6, 20, tzinfo=UTC)):
        reckon_months(session, stage.installation, under_way=NOTHING_UNDER_WAY)
        fire_due_clocks(session, stage.place.id)
        # The worker had slept: the deadline was missed in May, and is noted in June.
        breached = session.scalars(select(RecordHistory).where(RecordHistory.name == "respond.breached")).one()
        assert breached.created_at.astimezone(JAKARTA).month == 5
        june = _kept_after(stage)
        assert june[(date(2026, 5, 1), "due")] == 0
        assert june[(date(2026, 6, 1), "due")] >= 1
    with set_clock(datetime(2026, 7, 20, tzinfo=UTC)):
        july = _kept_after(stage)
    assert july == june


def test_what_is_being_written_while_a_month_is_frozen_is_not_lost(stage: Stage, session: Sessions) -> None:
    _live(stage, [("report", 0, 1)])
    with set_clock(datetime(2026, 6, 20, tzinfo=UTC)):
        # By default rows of the last hour are as good as not written yet.
        reckon_months(session, stage.installation)
        kept = _kept(stage)
    assert kept[(date(2026, 6, 1), "created")] == 1
    assert (date(2026, 5, 1), "created") not in kept


def test_a_second_count_waits_for_the_first(stage: Stage, session: Sessions, database: DatabaseUrls) -> None:
    reckon_months(session, stage.installation)
    url = database.application.replace("+psycopg", "")
    session.commit()
    with psycopg.connect(url) as other:
        other.execute("SELECT set_tenant(%s)", [stage.place.id])
        other.execute("SELECT 1 FROM frozen_figures WHERE tenant_id = %s FOR UPDATE", [stage.place.id])
        session.execute(text("SET LOCAL lock_timeout = '200ms'"))
        with pytest.raises(Exception, match="lock timeout"):
            reckon_months(session, stage.installation)
    session.rollback()


def test_reckoning_anew_forgets_what_was_frozen(stage: Stage, session: Sessions) -> None:
    with set_clock(datetime(2026, 6, 20, tzinfo=UTC)):
        reckon_months(session, stage.installation, under_way=NOTHING_UNDER_WAY)
        _live(stage, [("report", 0, 1)])
        reckon_months(session, stage.installation)
        assert (date(2026, 5, 1), "created") not in _kept(stage)
        reckon_anew(session, stage.installation)
        assert _kept(stage)[(date(2026, 5, 1), "created")] == 1


def test_ids_are_in_the_order_of_time() -> None:
    here = datetime.now(UTC)
    assert id_at(here - timedelta(seconds=1)) < new_id() < id_at(here + timedelta(seconds=1))


def test_the_periodic_job_keeps_every_municipality_s_figures(
    app: LumbungFlask, stage: Stage, session: Sessions
) -> None:
    stage.report()
    session.commit()
    assert run_periodics(app, names=["keep-figures"]) == 1
    use_tenant(session, stage.place.id)
    assert session.scalars(select(MonthlyFigures.created).where(MonthlyFigures.version == "")).one() == 1
    assert keep_figures(session) == 1


def test_an_administrator_reads_the_own_figures_and_nobody_else(
    app: LumbungFlask, stage: Stage, world: World, session: Sessions
) -> None:
    stage.report()
    session.commit()
    admin = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    page = admin.get("/manage/apps/siaran/figures")
    assert page.status_code == 200
    assert "Angka ini hanya untuk Anda" in words_of(page)
    table = admin.get("/manage/apps/siaran/figures.csv")
    lines = table.text.splitlines()
    assert lines[0].startswith("month,version,record_type,created,closed")
    assert len(lines) == 3
    handler = browse(app, world.tangsel.host, world.tangsel.accounts["handler"])
    assert handler.get("/manage/apps/siaran/figures").status_code == 403
    other = browse(app, world.surabaya.host, world.surabaya.accounts["admin"])
    assert other.get("/manage/apps/siaran/figures").status_code == 404
    assert session.scalars(select(FrozenFigures)).all() == []


def _live(stage: Stage, steps: list[tuple[str, int, int]]) -> datetime:
    """Let the steps happen from May on, each so many hours after the last; what is not possible does not happen."""
    moment, made = MAY, list[Record]()
    owner_codes: dict[Any, str] = {}
    for step, which, hours in steps:
        moment += timedelta(hours=hours)
        with set_clock(moment):
            record = made[which % len(made)] if made else None
            if step == "report":
                created = stage.report()
                made.append(created.record)
                owner_codes[created.record.id] = created.tracking_code
            elif step == "keep":
                reckon_months(stage.session, stage.installation, under_way=NOTHING_UNDER_WAY)
            elif step == "wait":
                fire_due_clocks(stage.session, stage.place.id)
            elif record is not None:
                _touch(stage, record, step, owner_codes[record.id])
    return moment + timedelta(minutes=1)


def _touch(stage: Stage, record: Record, step: str, code: str) -> None:
    if step == "empty":
        record.private = {}
        stage.session.flush()
        return
    # What the app does not allow in this state changes nothing.
    with suppress(Conflict, Forbidden):
        if step == "reject":
            stage.act(record, "dispatcher", "reject", reason="Bukan kewenangan.")
        elif step == "respond":
            stage.act(record, "handler", "respond", answer="Diperiksa.")
        elif step == "reopen":
            stage.act(record, stage.citizen(code), "reopen")


def _recount(stage: Stage, since: date) -> dict[tuple[date, str], Any]:
    """The same by reading every row in Python, the plain way."""
    session = stage.session
    records = {record.id: record for record in session.scalars(select(Record))}
    clocks = list(session.scalars(select(RecordClock)))
    found: dict[tuple[date, str], Any] = {}
    missed = _first_missed(session, clocks)
    for month, rows in _by_month(session.scalars(select(RecordHistory)).all(), since):
        acts = [row for row in rows if row.kind == "action"]
        told = [row for row in rows if row.kind in ("created", "action") or row.actor_kind == "member"]
        told += [row for row in rows if row.kind == "clock" and row.name.endswith(".breached")]
        closings = [row for row in acts if row.from_state not in ENDS and row.to_state in ENDS]
        instants = {(row.record_id, row.created_at) for row in acts}
        met = [clock for clock in clocks if (clock.record_id, clock.met_at) in instants]
        first = [clock for clock in met if clock.clock == "respond" and clock.round == 1]
        took = [(row.created_at - records[row.record_id].created_at).total_seconds() for row in closings]
        answers = [(c.met_at - records[c.record_id].created_at).total_seconds() for c in first if c.met_at]
        if not told:
            continue
        kept = [clock for clock in met if clock.breached_at is None and _round_of(clock) not in missed]
        in_time = len(kept)
        decided = {row.id for row in missed.values()}
        found |= {
            (month, "created"): sum(row.kind == "created" for row in rows),
            (month, "closed"): len(closings),
            (month, "closed_success"): sum(row.to_state == "fixed" for row in closings),
            (month, "reopened"): sum(row.from_state in ENDS and row.to_state not in ENDS for row in acts),
            (month, "answered"): len(answers),
            (month, "answered_in_time"): sum(clock in kept for clock in first),
            (month, "answer_seconds"): round(sum(answers)),
            (month, "answer_median"): round(median(answers)) if answers else None,
            (month, "close_seconds"): round(sum(took)),
            (month, "close_median"): round(median(took)) if took else None,
            (month, "due"): in_time + sum(row.id in decided for row in rows),
            (month, "in_time"): in_time,
            (month, "people"): len({row.actor_id for row in told if row.actor_kind == "member"}),
            (month, "agencies"): len({records[row.record_id].agency_id for row in told} - {None}),
        }
    return found


def _first_missed(session: Sessions, clocks: list[RecordClock]) -> dict[tuple[Any, ...], RecordHistory]:
    """When each round of each deadline was first missed: a record that moves to a longer one may miss it again."""
    found: dict[tuple[Any, ...], RecordHistory] = {}
    for row in session.scalars(select(RecordHistory).order_by(RecordHistory.record_id, RecordHistory.sequence)):
        own = [one for one in clocks if one.record_id == row.record_id and row.name == f"{one.clock}.breached"]
        started = [one for one in own if one.started_at < row.created_at]
        if row.kind == "clock" and started:
            found.setdefault(_round_of(max(started, key=lambda one: one.started_at)), row)
    return found


def _round_of(clock: RecordClock) -> tuple[Any, ...]:
    return clock.record_id, clock.clock, clock.started_at


def _by_month(rows: Any, since: date) -> Iterator[tuple[date, list[RecordHistory]]]:
    months: dict[date, list[RecordHistory]] = {}
    for row in rows:
        months.setdefault(row.created_at.astimezone(JAKARTA).date().replace(day=1), []).append(row)
    yield from ((month, found) for month, found in months.items() if month >= since)


def _open_from(stage: Stage) -> date:
    """The second open month: what is late counts in the first, and `_recount` knows nothing of it."""
    found = stage.session.scalar(select(FrozenFigures.before))
    return date(2026, 1, 1) if found is None else (found + timedelta(days=32)).replace(day=1)


def _kept(stage: Stage) -> dict[tuple[date, str], Any]:
    stage.session.expire_all()
    rows = stage.session.scalars(select(MonthlyFigures).where(MonthlyFigures.version == ""))
    return {(row.month, name): getattr(row, name) for row in rows for name in NAMES}


def _kept_after(stage: Stage) -> dict[tuple[date, str], Any]:
    reckon_months(stage.session, stage.installation, under_way=NOTHING_UNDER_WAY)
    return _kept(stage)


def _shown(stage: Stage) -> dict[tuple[date, str], Any]:
    rows = list_figures(stage.session, stage.installation)
    return {(row.month, name): getattr(row, name) for row in rows if not row.version for name in NAMES}


def _delete_records(database: DatabaseUrls) -> None:
    """As an operator would who has to: past the application, which cannot."""
    with psycopg.connect(database.migration.replace("+psycopg", "")) as owner:
        owner.execute("ALTER TABLE record_history NO FORCE ROW LEVEL SECURITY")
        owner.execute("DELETE FROM record_history")
        owner.execute("ALTER TABLE record_history FORCE ROW LEVEL SECURITY")
