"""What holds over many records: unique values, places, figures and invariants, one after the other and all at once."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import sleep
from typing import Any

import pytest
from sqlalchemy import func, select

from app_catalog.definitions.check import check_package
from app_catalog.installations.models import Installation
from app_runtime.holding.figures import Aggregates
from app_runtime.holding.models import RecordKey
from app_runtime.records.models import Record
from app_runtime.records.running_app import running_app
from app_runtime.records.updating import update_record
from app_runtime.workflow.acting import take_action
from lumbung.db import db, use_tenant
from lumbung.errors import Conflict
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.stage import Sessions
from tests.browsing import browse
from tests.pagu import PLANNER, edited, enable_pagu, make
from tests.world import World

THREADS = 16
PAUSE = 0.03
VISIT: dict[str, Any] = {"person": "Sari", "clinic": "ciputat", "date": "2026-03-02", "session": "morning"}
BUDGET: dict[str, Any] = {"office": "dishub", "year": 2026}


@pytest.fixture
def pagu(session: Sessions, world: World) -> Installation:
    """Pagu in Tangsel; the session belongs to the municipality."""
    enable_pagu(session, world)
    use_tenant(session, world.tangsel.id)
    return session.scalars(select(Installation)).one()


def refusal(work: Callable[[], object]) -> str:
    """Why the work is refused; empty when it is not."""
    try:
        work()
    except Conflict as error:
        return str(error.details["because"])
    return ""


def at_once(app: LumbungFlask, world: World, doings: Sequence[Callable[[Installation], object]]) -> Tally[str]:
    """Do all of it by many threads that begin at the same instant, each in a transaction of its own."""
    db.session.remove()
    gate = Barrier(THREADS)

    def work(mine: Sequence[Callable[[Installation], object]]) -> Tally[str]:
        found: Tally[str] = Tally()
        with app.app_context():
            gate.wait(20)
            for doing in mine:
                use_tenant(db.session, world.tangsel.id)
                installation = db.session.scalars(select(Installation)).one()
                because = refusal(lambda doing=doing, installation=installation: doing(installation))  # type: ignore[misc]
                # Whoever does not wait for this transaction looks before it is over.
                sleep(0 if because else PAUSE)
                db.session.rollback() if because else db.session.commit()
                found[because or "done"] += 1
                db.session.remove()
        return found

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(work, [doings[start::THREADS] for start in range(THREADS)]), Tally())


def test_a_full_session_takes_nobody_and_a_place_that_is_given_back_is_free(
    session: Sessions, pagu: Installation
) -> None:
    first = make(session, pagu, "visit", **VISIT)
    make(session, pagu, "visit", **VISIT)
    session.commit()
    with pytest.raises(Conflict, match="This session is full") as refused:
        make(session, pagu, "visit", **VISIT)
    assert refused.value.details["because"] == "capacity"
    session.rollback()
    make(session, pagu, "visit", **VISIT | {"session": "noon"})
    take_action(session, first, PLANNER, "cancel", {})
    third = make(session, pagu, "visit", **VISIT)
    session.commit()
    assert refusal(lambda: take_action(session, first, PLANNER, "restore", {})) == "capacity"
    session.rollback()
    # Whoever has a place keeps it, however often they change something else.
    update_record(session, third, PLANNER, {"person": "Wati"})
    assert refusal(lambda: update_record(session, third, PLANNER, {"session": "noon"})) == ""
    session.commit()
    take_action(session, first, PLANNER, "restore", {})
    session.commit()


def test_a_change_into_a_full_session_is_refused(session: Sessions, pagu: Installation) -> None:
    for _ in range(2):
        make(session, pagu, "visit", **VISIT)
    other = make(session, pagu, "visit", **VISIT | {"session": "noon"})
    session.commit()
    assert refusal(lambda: update_record(session, other, PLANNER, {"session": "morning"})) == "capacity"


def test_values_are_unique_together_and_who_lacks_one_is_free(session: Sessions, pagu: Installation) -> None:
    make(session, pagu, "visit", **VISIT, phone="+6281234567890")
    make(session, pagu, "visit", **VISIT | {"date": "2026-03-03"}, phone="+6281234567890")
    make(session, pagu, "visit", **VISIT | {"date": "2026-03-03"})
    session.commit()
    with pytest.raises(Conflict, match="the same Phone, Date already") as refused:
        make(session, pagu, "visit", **VISIT | {"session": "noon"}, phone="+6281234567890")
    assert refused.value.details["because"] == "duplicate"


def test_private_values_are_not_kept_in_the_clear(session: Sessions, pagu: Installation) -> None:
    record = make(session, pagu, "visit", **VISIT, phone="+6281234567890")
    session.commit()
    keys = session.execute(select(RecordKey.rule, RecordKey.key).where(RecordKey.record_id == record.id)).all()
    found = dict(keys)
    assert found["capacity.seat"] == '["ciputat","2026-03-02","morning"]'
    assert "6281234567890" not in found["unique.once_a_day"]
    assert len(found["unique.once_a_day"]) == 64


def test_a_ceiling_holds_from_both_sides(session: Sessions, pagu: Installation) -> None:
    top = make(session, pagu, "ceiling", **BUDGET, amount=1000)
    line = make(session, pagu, "line", **BUDGET, what="Lampu", amount=600)
    other = make(session, pagu, "line", **BUDGET, what="Marka", amount=400)
    session.commit()
    for refused in (
        lambda: make(session, pagu, "line", **BUDGET, what="Rambu", amount=1),
        lambda: update_record(session, line, PLANNER, {"amount": 601}),
        lambda: update_record(session, top, PLANNER, {"amount": 999}),
    ):
        assert refusal(refused) == "invariant"
        session.rollback()
    take_action(session, other, PLANNER, "reject", {})
    update_record(session, top, PLANNER, {"amount": 600})
    session.commit()
    assert refusal(lambda: take_action(session, other, PLANNER, "revive", {})) == "invariant"
    session.rollback()
    # A line that moves to another year leaves its group to the others.
    make(session, pagu, "ceiling", office="dishub", year=2027, amount=600)
    update_record(session, line, PLANNER, {"year": 2027})
    make(session, pagu, "line", **BUDGET, what="Rambu", amount=600)
    session.commit()


def test_figures_are_of_the_group_and_of_what_counts(session: Sessions, pagu: Installation) -> None:
    make(session, pagu, "ceiling", **BUDGET, amount=1000)
    line = make(session, pagu, "line", **BUDGET, what="Lampu", amount=100)
    other = make(session, pagu, "line", **BUDGET, what="Marka", amount=300)
    make(session, pagu, "ceiling", office="dlh", year=2026, amount=1000)
    make(session, pagu, "line", office="dlh", year=2026, what="Tong", amount=500)
    figures = dict(Aggregates(running_app(session, pagu), line))
    assert figures == {"spent": 400, "lines": 2, "largest": 300}
    take_action(session, other, PLANNER, "reject", {})
    assert dict(Aggregates(running_app(session, pagu), line)) == {"spent": 100, "lines": 1, "largest": 100}


def test_of_two_hundred_who_book_at_once_fifty_get_a_seat(
    app: LumbungFlask, session: Sessions, world: World, pagu: Installation
) -> None:
    del pagu
    booked = at_once(
        app,
        world,
        [lambda where: make(db.session, where, "visit", **VISIT | {"clinic": "serpong"}) for _ in range(200)],
    )
    assert booked == {"done": 50, "capacity": 150}
    use_tenant(session, world.tangsel.id)
    assert session.scalar(select(func.count()).select_from(Record)) == 50


def test_one_of_many_who_take_the_same_value_at_once_has_it(
    app: LumbungFlask, world: World, pagu: Installation
) -> None:
    del pagu
    made = at_once(
        app, world, [lambda where: make(db.session, where, "ceiling", **BUDGET, amount=5) for _ in range(THREADS * 2)]
    )
    assert made == {"done": 1, "duplicate": THREADS * 2 - 1}


def test_sixty_four_writers_at_once_never_pass_a_ceiling_from_either_side(
    app: LumbungFlask, session: Sessions, world: World, pagu: Installation
) -> None:
    """Half of them add lines, the others lower ceilings and move lines from one group to the other."""
    offices = ("dishub", "dlh")
    tops = [make(session, pagu, "ceiling", office=office, year=2026, amount=1000).id for office in offices]
    lines = [make(session, pagu, "line", office=office, year=2026, what="Satu", amount=100).id for office in offices]
    session.commit()

    def add(office: str) -> Callable[[Installation], object]:
        return lambda where: make(db.session, where, "line", office=office, year=2026, what="Usulan", amount=90)

    def change(record_id: object, **values: Any) -> Callable[[Installation], object]:
        return lambda _: update_record(
            db.session, db.session.scalars(select(Record).where(Record.id == record_id)).one(), PLANNER, values
        )

    doings = [add(offices[number % 2]) for number in range(32)]
    doings += [change(tops[number % 2], amount=1000 - 40 * number) for number in range(16)]
    doings += [change(lines[number % 2], office=offices[number // 2 % 2]) for number in range(16)]
    mixed = [doings[(number * 37) % 64] for number in range(64)]
    outcome = at_once(app, world, mixed)
    assert outcome["done"] + outcome["invariant"] == 64, outcome
    assert outcome["invariant"] > 0
    use_tenant(session, world.tangsel.id)
    rows = session.scalars(select(Record)).all()
    for office in offices:
        ceiling = next(row.data["amount"] for row in rows if row.id in tops and row.data["office"] == office)
        spent = sum(row.data["amount"] for row in rows if row.record_type == "line" and row.data["office"] == office)
        assert spent <= ceiling


def test_a_form_for_a_full_session_says_so_and_keeps_what_was_typed(
    app: LumbungFlask, session: Sessions, world: World, pagu: Installation
) -> None:
    for _ in range(2):
        make(session, pagu, "visit", **VISIT)
    session.commit()
    use_tenant(session, None)
    browser = browse(app, world.tangsel.host)
    answer = browser.post_form("/pagu/visit", {**VISIT, "person": "Joko Susilo"})
    assert answer.status_code == 409
    assert "Sesi ini sudah penuh. Pilih sesi lain." in answer.text
    assert "Joko Susilo" in answer.text
    assert browser.post_form("/pagu/visit", {**VISIT, "session": "noon"}).status_code == 303


def test_what_a_package_says_wrong_about_many_records_is_named() -> None:
    report = check_package(
        edited(
            "records/line.yaml",
            ("{sum: line.amount, same: [office, year], except: [rejected]}", "{sum: line.what, same: [officer]}"),
            ("lookups.ceiling.amount", "lookups.ceiling.amont"),
            ("title: record.what", "title: string(aggregates.lines)"),
            (
                "{record: ceiling, same: [office, year]}",
                "{record: visit, only: [booked], except: [proposed], same: []}",
            ),
        )
    )
    assert {(problem.code, problem.path) for problem in report.errors} == {
        ("unknown-number-field", "aggregates.spent.sum"),
        ("unknown-key-part", "aggregates.spent.same.officer"),
        ("expression-unknown-name", "invariants.ceiling.check"),
        ("figures-not-here", "title"),
        ("unknown-state", "lookups.ceiling.except.proposed"),
        ("only-and-except", "lookups.ceiling.except"),
        ("empty-list", "lookups.ceiling.same"),
    }
