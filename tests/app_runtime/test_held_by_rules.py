"""Rules over many records against what happens by itself: schedules, clocks, effects on children."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from time import sleep

import pytest
from sqlalchemy import func, select

from app_catalog.installations.models import Installation
from app_runtime.clocks.firing import fire_due_clocks
from app_runtime.holding.figures import Aggregates
from app_runtime.records.actors import SYSTEM
from app_runtime.records.change import lock_record
from app_runtime.records.creating import create_record
from app_runtime.records.models import Record, RecordClock, RecordHistory
from app_runtime.records.reading import get_record
from app_runtime.records.running_app import app_of_record, running_app
from app_runtime.records.timeline import present_history
from app_runtime.records.updating import update_record
from app_runtime.schedules.running import note_due_schedules, run_schedule
from app_runtime.workflow.acting import take_action
from lumbung.db import as_tenant, db, set_clock
from lumbung.i18n import speaking
from lumbung.outbox import drain
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.stage import Sessions
from tests.small_app import enable_small, small_files
from tests.world import World

ITEM = """
name: {id: Barang, en: Item}
title: record.shelf
fields:
  shelf: {type: text, required: true, label: {id: Rak, en: Shelf}}
  pieces: {type: integer, required: true, label: {id: Jumlah, en: Pieces}}
  label: {type: text, label: {id: Label, en: Label}}
unique: {one_label: [label]}
access: {clerk: {create: {}, read: {rows: all}, update: {fields: all}}}
workflow:
  start: kept
  states:
    kept: {label: {id: Ada, en: Kept}}
    late: {label: {id: Lama, en: Old}}
    counted: {label: {id: Dihitung, en: Counted}}
    gone: {label: {id: Hilang, en: Gone}, end: other}
  actions:
    age: {from: kept, to: late, by: []}
    split:
      from: kept
      to: counted
      by: [clerk]
      fan_out: {record: part, per: settings.units, with: {shelf: record.shelf}}
    double: {from: counted, by: [clerk]}
children: {part: {record: part, done_when: all}}
clocks:
  wait: {within: "'P10D'", starts: created, met_by: split, label: {id: Tunggu, en: Wait}}
automations:
  grow: {on: {schedule: daily, at: "07:00"}, when: record.shelf != 'still', set: {pieces: record.pieces + 1}}
  shout: {on: clock.wait.breached, set: {label: "'lama'"}}
  age: {on: clock.wait.breached, act: age}
  more: {on: action.double, for_each: children.part, set: {pieces: "5"}}
aggregates:
  all: {sum: item.pieces, same: [shelf]}
invariants:
  fits: {check: aggregates.all <= settings.most, message: {id: Rak penuh., en: The shelf is full.}}
"""
PART = """
name: {id: Bagian, en: Part}
title: record.shelf
fields:
  shelf: {type: text, label: {id: Rak, en: Shelf}}
  pieces: {type: integer, label: {id: Jumlah, en: Pieces}}
access: {clerk: {create: {}, read: {rows: all}}}
workflow:
  start: kept
  states: {kept: {label: {id: Ada, en: Kept}}, gone: {label: {id: Hilang, en: Gone}, end: other}}
  actions: {lose: {from: kept, to: gone, by: [clerk]}}
aggregates:
  all: {sum: part.pieces, same: [shelf]}
invariants:
  fits: {check: aggregates.all <= settings.most, message: {id: Rak penuh., en: The shelf is full.}}
"""
SETTINGS = """
settings:
  most: {type: integer, default: 6, label: {id: Paling banyak, en: At most}}
  units: {type: table, columns: {name: {type: text}}, default: {a: {name: A}, b: {name: B}}}
"""
FILES = small_files({"item": ITEM, "part": PART}, app=SETTINGS, app_id="rak")
FIRST_DAY = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)


@pytest.fixture
def shelves(session: Sessions, world: World) -> Installation:
    with set_clock(FIRST_DAY):
        return enable_small(session, world, FILES, roles=[("admin", "clerk")])


def keep(session: Sessions, shelves: Installation, shelf: str, pieces: int) -> Record:
    return create_record(session, shelves, SYSTEM, "item", {"shelf": shelf, "pieces": pieces}, channel="api").record


def pass_days(app: LumbungFlask, session: Sessions, world: World, days: int) -> None:
    """Let the schedules of so many days come."""
    with set_clock(FIRST_DAY + timedelta(days=days)):
        with as_tenant(session, world.tangsel.id):
            note_due_schedules(session, world.tangsel.id)
            session.commit()
        drain(app)
    session.expire_all()


def refusals(session: Sessions, record: Record) -> int:
    query = select(func.count()).select_from(RecordHistory)
    mine = query.where(RecordHistory.record_id == record.id, RecordHistory.kind == "rule_error")
    return session.scalar(mine) or 0


def total(session: Sessions, record: Record) -> float:
    found = running_app(session, session.get_one(Installation, (record.tenant_id, record.installation_id)))
    return float(Aggregates(found, record)["all"])


def test_what_a_schedule_sets_counts_in_figures(
    app: LumbungFlask, session: Sessions, world: World, shelves: Installation
) -> None:
    with set_clock(FIRST_DAY), as_tenant(session, world.tangsel.id):
        item = keep(session, shelves, "A", 1)
        session.commit()
    pass_days(app, session, world, 2)
    with as_tenant(session, world.tangsel.id):
        assert item.data["pieces"] == 3
        assert total(session, item) == 3


def test_a_schedule_that_a_rule_refuses_is_noted_and_holds_up_nobody_else(
    app: LumbungFlask, session: Sessions, world: World, shelves: Installation
) -> None:
    with set_clock(FIRST_DAY), as_tenant(session, world.tangsel.id):
        full, free = keep(session, shelves, "A", 6), keep(session, shelves, "B", 1)
        session.commit()
    pass_days(app, session, world, 1)
    with as_tenant(session, world.tangsel.id):
        assert (full.data["pieces"], free.data["pieces"]) == (6, 2)
        assert (refusals(session, full), refusals(session, free)) == (1, 0)
        for language, why in (("id", "Rak penuh."), ("en", "The shelf is full.")):
            with speaking(language):
                told = present_history(app_of_record(session, full), full, SYSTEM)[-1]
            assert why in dict(told.details).values()
        assert total(session, full) == 6


def test_a_deadline_is_missed_also_where_a_rule_refuses_what_would_follow(
    app: LumbungFlask, session: Sessions, world: World, shelves: Installation
) -> None:
    with set_clock(FIRST_DAY), as_tenant(session, world.tangsel.id):
        items = [keep(session, shelves, "still", 1) for _ in range(2)]
        session.commit()
    with set_clock(FIRST_DAY + timedelta(days=11)), as_tenant(session, world.tangsel.id):
        fire_due_clocks(session, world.tangsel.id)
        session.commit()
        session.expire_all()
        states = session.scalars(select(RecordClock.state).where(RecordClock.breached_at.is_not(None))).all()
        assert list(states) == ["breached", "breached"]
        # The label goes to one of them only; the other is late all the same.
        assert [item.state for item in items] == ["late", "late"]
        assert [item.data.get("label") for item in items] == ["lama", None]
        assert [refusals(session, item) for item in items] == [0, 1]


def test_what_an_effect_sets_on_children_counts_and_is_refused_one_by_one(
    session: Sessions, world: World, shelves: Installation
) -> None:
    with set_clock(FIRST_DAY), as_tenant(session, world.tangsel.id):
        item = keep(session, shelves, "still", 1)
        take_action(session, item, SYSTEM, "split", {})
        take_action(session, item, SYSTEM, "double", {})
        session.commit()
        session.expire_all()
        parts = session.scalars(select(Record).where(Record.parent_id == item.id).order_by(Record.created_at)).all()
        assert sorted(part.data.get("pieces", 0) for part in parts) == [0, 5]
        assert total(session, parts[0]) == 5
        assert sorted(refusals(session, part) for part in parts) == [0, 1]


def test_a_schedule_waits_for_a_record_before_it_takes_what_others_wait_for(
    app: LumbungFlask, session: Sessions, world: World, shelves: Installation
) -> None:
    with set_clock(FIRST_DAY), as_tenant(session, world.tangsel.id):
        first, second = (keep(session, shelves, "A", 1) for _ in range(2))
        session.commit()
        ids = [first.id, second.id]

    def come() -> None:
        with app.app_context(), as_tenant(db.session, world.tangsel.id):
            there = db.session.merge(shelves, load=False)
            run_schedule(db.session, there, ("item", "daily.07:00", FIRST_DAY + timedelta(days=1)))
            db.session.commit()

    with as_tenant(session, world.tangsel.id), ThreadPoolExecutor(1) as pool:
        mine = lock_record(session, get_record(session, ids[1]))
        coming = pool.submit(come)
        # By now it stands before the record that is locked here.
        sleep(0.7)
        update_record(session, mine, SYSTEM, {"pieces": 2})
        session.commit()
        coming.result(20)
        session.expire_all()
        assert total(session, get_record(session, ids[0])) == 5
