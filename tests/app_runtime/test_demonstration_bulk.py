"""Reports that are reckoned in memory are those that the engine makes, and many of them are written whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app_runtime.clocks.firing import fire_due_clocks
from app_runtime.demonstration.bulk.life import Life
from app_runtime.demonstration.bulk.reports import load_reports
from app_runtime.demonstration.bulk.town import read_town
from app_runtime.demonstration.bulk.writing import write_lives
from app_runtime.demonstration.large import load_large
from app_runtime.records.actors import actor_for
from app_runtime.records.models import Counter, Record, RecordClock, RecordHistory, RecordHistoryPrivate
from app_runtime.records.moderation import hide_record, set_checked
from app_runtime.records.tracking import tracking_code_of
from lumbung.db import set_clock, use_tenant
from lumbung.outbox import Wakeup
from lumbung.web.access import ANONYMOUS
from tests.app_runtime.stage import Sessions, Stage, set_stage
from tests.world import World

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # Monday, eight o'clock in Jakarta.
REPORTER = {"name": "Budi", "email": "budi@example.org"}
PHOTO = UUID("01920000-0000-7000-8000-000000000001")
QUESTION, REPLY, ANSWER, REASON = "Tiang nomor berapa?", "Nomor 12.", "Kami periksa.", "Ini jalan nasional."
Act = tuple[float, str]
STORIES: dict[str, tuple[str, tuple[Act, ...]]] = {
    "answered, asked, fixed, reopened, fixed again": (
        "street-light",
        ((1, "check"), (1, "assign"), (5, "respond"), (6, "ask"), (40, "reply"), (60, "fix"), (90, "reopen"),
         (95, "respond"), (120, "fix")),
    ),
    "nobody does anything": ("street-light", ()),
    "forwarded and forgotten": ("road", ((2, "assign"),)),
    "without a head above": ("rubbish", ((2, "assign"), (200, "respond"))),
    "answered after the deadline, refused": ("congestion", ((3, "assign"), (60, "respond"), (300, "reject"))),
    "asked when the time had run out": ("flood", ((3, "assign"), (400, "ask"), (500, "reply"), (510, "fix"))),
    "waiting still": ("street-light", ((3, "assign"), (4, "respond"), (10, "ask"))),
    "hidden": ("road", ((1, "check"), (1, "assign"), (7, "respond"), (8, "hide"))),
}  # fmt: skip


@dataclass
class ByServices:
    """A report as the engine makes it, each clock fired at its very moment."""

    stage: Stage
    category: str

    def live(self, acts: tuple[Act, ...], until: datetime) -> Record:
        values = {**words(self.category), "reporter": REPORTER}
        with set_clock(START):
            created = self.stage.report(values)
        self.record, self.code = created.record, created.tracking_code
        for hours, what in acts:
            at = START + timedelta(hours=hours)
            self.fire_until(at)
            with set_clock(at):
                self.act(what)
        self.fire_until(until)
        return self.record

    def act(self, what: str) -> None:
        session, record = self.stage.session, self.record
        dispatcher = self.stage.actor("dispatcher")
        handler = self.stage.actor("cleaner" if self.category in ("rubbish", "flood") else "handler")
        resident = actor_for(session, ANONYMOUS, self.stage.installation, tracking_code=self.code)
        acts: dict[str, Callable[[], Any]] = {
            "check": lambda: set_checked(session, record, dispatcher, True),
            "hide": lambda: hide_record(session, record, dispatcher, reason=REASON),
            "assign": lambda: self.stage.act(record, dispatcher, "assign", agency=agency_of(self.category)),
            "respond": lambda: self.stage.act(record, handler, "respond", answer=ANSWER),
            "ask": lambda: self.stage.act(record, handler, "ask", question=QUESTION),
            "reply": lambda: self.stage.act(record, resident, "reply", reply=REPLY),
            "fix": lambda: self.stage.act(record, handler, "fix", after=[str(PHOTO)]),
            "reject": lambda: self.stage.act(record, handler, "reject", reason=REASON),
            "reopen": lambda: self.stage.act(record, resident, "reopen"),
        }
        acts[what]()

    def fire_until(self, moment: datetime) -> None:
        due = select(func.min(RecordClock.next_at)).where(
            RecordClock.tenant_id == self.stage.place.id,
            RecordClock.record_id == self.record.id,
            RecordClock.next_at <= moment,
        )
        while (at := self.stage.session.scalar(due)) is not None:
            with set_clock(at):
                fire_due_clocks(self.stage.session, self.stage.place.id)


def in_memory(stage: Stage, category: str, acts: tuple[Act, ...], until: datetime) -> Record:
    town = read_town(stage.session, stage.installation, at=until)
    told = words(category)
    life = Life(
        town=town,
        category=category,
        title=told["title"],
        description=told["description"],
        place=(106.71, -6.29),
        made_at=START,
        reporter=REPORTER,
    )
    life.create()
    for hours, what in acts:
        at = START + timedelta(hours=hours)
        steps: dict[str, Callable[[datetime], None]] = {
            "check": life.check,
            "hide": lambda moment: life.hide(moment, REASON),
            "assign": life.forward,
            "respond": lambda moment: life.answer(moment, ANSWER),
            "ask": lambda moment: life.ask(moment, QUESTION),
            "reply": lambda moment: life.reply(moment, REPLY),
            "fix": lambda moment: life.fix(moment, [PHOTO]),
            "reject": lambda moment: life.reject(moment, REASON),
            "reopen": life.reopen,
        }
        steps[what](at)
    life.ticking.finish(until)
    write_lives(stage.session, town, [life])
    return stage.session.scalars(select(Record).where(Record.tenant_id == stage.place.id, Record.id == life.id)).one()


def words(category: str) -> dict[str, Any]:
    return {"title": "Ada yang rusak", "description": "Sudah tiga hari.", "category": category}


def agency_of(category: str) -> str:
    return "dlh" if category in ("rubbish", "flood") else "dishub"


def names_of(model: type[Any]) -> list[str]:
    return [column.name for column in model.__table__.columns]


def contents(stage: Stage, record: Record) -> dict[str, Any]:
    """Everything about a record but its ids and its number."""
    stage.session.flush()
    stage.session.refresh(record)
    own = ("id", "number", "search", "search_text", "private", "tracking_digest")
    columns = {name: getattr(record, name) for name in names_of(Record) if name not in own}
    rows = stage.session.execute(
        select(RecordHistory, RecordHistoryPrivate.values)
        .outerjoin(
            RecordHistoryPrivate,
            (RecordHistoryPrivate.tenant_id == RecordHistory.tenant_id)
            & (RecordHistoryPrivate.history_id == RecordHistory.id),
        )
        .where(RecordHistory.tenant_id == stage.place.id, RecordHistory.record_id == record.id)
        .order_by(RecordHistory.sequence)
    ).all()
    noted = [name for name in names_of(RecordHistory) if name not in ("id", "record_id")]
    clocks = stage.session.scalars(
        select(RecordClock)
        .where(RecordClock.tenant_id == stage.place.id, RecordClock.record_id == record.id)
        .order_by(RecordClock.clock, RecordClock.round)
    ).all()
    ticking = [name for name in names_of(RecordClock) if name not in ("id", "record_id")]
    return {
        "record": columns,
        "words": sorted(record.search_text.replace(record.number or "", "").splitlines()),
        "private": {name: value for name, value in record.private.items() if name != "_tracking"},
        "history": [({name: getattr(row, name) for name in noted}, private) for row, private in rows],
        "clocks": [{name: getattr(clock, name) for name in ticking} for clock in clocks],
    }


@pytest.mark.parametrize(
    "overrides",
    [
        {},
        {"straight_to_agency": True, "respond_within": "P2WD", "publish": "at_once"},
        {"publish": "never", "respond_within": "PT72H"},
    ],
    ids=["dispatcher", "straight", "never shown"],
)
def test_a_life_in_memory_is_the_one_that_the_engine_makes(
    session: Sessions, world: World, overrides: dict[str, Any]
) -> None:
    stage = set_stage(session, world, **overrides)
    until = START + timedelta(days=33)
    without = ("assign", "check", "hide") if overrides.get("straight_to_agency") else ()
    for name, (category, story) in STORIES.items():
        acts = tuple(act for act in story if act[1] not in without)
        made = contents(stage, ByServices(stage, category).live(acts, until))
        reckoned = contents(stage, in_memory(stage, category, acts, until))
        for part, expected in made.items():
            assert reckoned[part] == expected, (name, part)


def test_many_reports_have_numbers_without_gaps_and_are_found_and_listed(session: Sessions, world: World) -> None:
    stage = set_stage(session, world)
    session.rollback()
    until = datetime(2026, 5, 20, 3, tzinfo=UTC)
    with set_clock(until - timedelta(days=300)):
        stage.report()
    assert load_reports(session, stage.installation, count=120, until=until, days=200, seed=7) == 120
    session.commit()
    records = list(session.scalars(select(Record).where(Record.tenant_id == stage.place.id)))
    by_year: dict[str, list[int]] = {}
    for record in records:
        _, year, number = (record.number or "").split("/")
        by_year.setdefault(year, []).append(int(number))
    assert {year: sorted(numbers) for year, numbers in by_year.items()} == {
        year: list(range(1, len(numbers) + 1)) for year, numbers in by_year.items()
    }
    counters = session.execute(select(Counter.name, Counter.value).where(Counter.tenant_id == stage.place.id)).all()
    assert {name.rpartition(":")[2]: value for name, value in counters} == {
        year: len(numbers) for year, numbers in by_year.items()
    }
    with set_clock(until):
        stage.report()
    assert {record.open for record in records} == {True, False}
    assert all(tracking_code_of(record) for record in records)
    some = next(record for record in records if record.closed_at is not None)
    found = select(Record.id).where(
        Record.tenant_id == stage.place.id,
        Record.search.op("@@")(func.plainto_tsquery("indonesian", some.title)),
    )
    assert some.id in set(session.scalars(found))


def test_nothing_is_due_after_a_load_and_the_worker_knows_what_comes_next(session: Sessions, world: World) -> None:
    stage = set_stage(session, world)
    until = datetime(2026, 5, 20, 3, tzinfo=UTC)
    load_reports(session, stage.installation, count=60, until=until, days=20, seed=3)
    with set_clock(until):
        assert fire_due_clocks(session, stage.place.id) == 0
    coming = set(session.scalars(select(RecordClock.next_at).where(RecordClock.next_at.is_not(None))))
    assert coming
    assert coming <= set(session.scalars(select(Wakeup.due_at).where(Wakeup.tenant_id == stage.place.id)))


def test_a_large_load_that_was_cut_off_goes_on_and_a_whole_one_writes_nothing(session: Sessions, world: World) -> None:
    stage = set_stage(session, world)
    place_id = stage.place.id

    def count() -> int:
        use_tenant(session, place_id)
        return session.scalar(select(func.count()).select_from(Record).where(Record.tenant_id == place_id)) or 0

    def cut_off(written: int, count: int) -> None:
        if written >= 40:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_large(session, seed=5, count=100, batch=20, slug="tangsel", tell=cut_off)
    session.rollback()
    assert count() == 40
    told: list[tuple[int, int]] = []
    written = load_large(session, seed=99, count=7, slug="tangsel", tell=lambda *so_far: told.append(so_far))
    assert (written, count(), told[-1]) == (60, 100, (100, 100))
    assert load_large(session, seed=5, count=100, slug="tangsel") == 0
    use_tenant(session, place_id)
    numbers = session.scalars(
        select(Record.number).where(Record.tenant_id == place_id).order_by(Record.created_at)
    ).all()
    assert list(numbers) == sorted(numbers, key=lambda number: number or "")
