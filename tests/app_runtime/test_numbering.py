"""Several numbers on one record: by fields, at an action, without a gap while many number at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from sqlalchemy import select

from app_catalog.definitions.check import check_package
from app_catalog.installations.models import Installation
from app_runtime.records.models import Record
from app_runtime.records.presenting import present_record
from app_runtime.records.running_app import running_app
from app_runtime.records.timeline import present_history
from app_runtime.workflow.acting import take_action
from lumbung.db import db, set_clock, use_tenant
from lumbung.i18n import speaking
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.stage import Sessions
from tests.browsing import browse
from tests.pagu import PLANNER, edited, enable_pagu, make
from tests.world import World

THREADS = 8
MARCH = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)


@pytest.fixture
def pagu(session: Sessions, world: World) -> Installation:
    """Pagu in Tangsel; the session belongs to the municipality."""
    enable_pagu(session, world)
    use_tenant(session, world.tangsel.id)
    return session.scalars(select(Installation)).one()


def test_a_number_that_an_action_gives_is_shown_found_and_told(
    app: LumbungFlask, session: Sessions, world: World, pagu: Installation
) -> None:
    with set_clock(MARCH):
        record = make(session, pagu, "letter", subject="Rapat", kind="invitation", office="DISHUB")
        assert (record.number, "numbers" in record.data) == ("1/invitation/III/2026", False)
        take_action(session, record, PLANNER, "sign", {})
        session.commit()
        assert "DISHUB-001/2026" in record.search_text
        with speaking("en"):
            shown = present_record(running_app(session, pagu), record, PLANNER)
            told = present_history(running_app(session, pagu), record, PLANNER)
    assert (shown.fields[0].label, shown.fields[0].text) == ("Letter number", "DISHUB-001/2026")
    assert ("Letter number", "DISHUB-001/2026") in [detail for entry in told for detail in entry.details]
    answer = browse(app, world.tangsel.host).get(f"/api/v1/pagu/letter/{record.id}")
    assert answer.get_json()["numbers"] == {"letter": "DISHUB-001/2026"}


def test_who_sign_at_once_leave_no_gap(app: LumbungFlask, session: Sessions, world: World, pagu: Installation) -> None:
    ids = [
        make(session, pagu, "letter", subject=f"Surat {number}", kind="task", office="DLH").id
        for number in range(THREADS * 3)
    ]
    session.commit()
    session.remove()
    gate = Barrier(THREADS)

    def sign(mine: list[object]) -> None:
        with app.app_context():
            gate.wait(20)
            for index, record_id in enumerate(mine):
                for keep in (False, True) if index == 1 else (True,):
                    use_tenant(db.session, world.tangsel.id)
                    record = db.session.scalars(select(Record).where(Record.id == record_id)).one()
                    take_action(db.session, record, PLANNER, "sign", {})
                    db.session.commit() if keep else db.session.rollback()
                    db.session.remove()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(sign, [ids[start::THREADS] for start in range(THREADS)]))
    use_tenant(session, world.tangsel.id)
    numbers = sorted(record.data["numbers"]["letter"][4:7] for record in session.scalars(select(Record)))
    assert numbers == [f"{number:03}" for number in range(1, THREADS * 3 + 1)]


def test_numbers_that_would_repeat_or_name_nothing_are_refused() -> None:
    report = check_package(
        edited(
            "records/letter.yaml",
            ("{seq}/{kind}/{month:roman}/{year}", "{seq}/{kinds}/{month:roman}/{year}"),
            ("{office}-{seq:03}/{year}", "{seq:03}/{year}"),
            ("on: sign", "on: sing"),
            ("per: [month, kind]", "per: [month, kin]"),
        )
    )
    assert {(problem.code, problem.path) for problem in report.errors} == {
        ("bad-number-pattern", "numbers.agenda.pattern"),
        ("number-repeats", "numbers.letter.per.office"),
        ("unknown-action", "numbers.letter.on"),
        ("unknown-key-part", "numbers.agenda.per.kin"),
    }
