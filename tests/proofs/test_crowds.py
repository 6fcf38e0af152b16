"""Sixty-four at the same instant, over real HTTP against gunicorn: numbers without a gap, one record per form."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from app_runtime.records.models import Record
from lumbung.db import db, use_tenant
from tests.proofs.accounting import account_for, wait_until_drained
from tests.proofs.load import FORM, citizen, filled_in, record_of
from tests.proofs.patient_client import Answer
from tests.proofs.standing import Sent, Stand

CROWD = 64


def at_once(doings: list[Callable[[], Answer]]) -> list[Answer]:
    """Do all of it at the same instant; the answers in the order of the doings."""
    gate = threading.Barrier(len(doings))

    def do(doing: Callable[[], Answer]) -> Answer:
        gate.wait(60)
        return doing()

    with ThreadPoolExecutor(len(doings)) as pool:
        return list(pool.map(do, doings))


def ready_to_send(stand: Stand, number: int, **changed: str) -> Callable[[], Answer]:
    """A citizen whose form is filled in."""
    client = citizen(stand, number)
    filled = filled_in(client, number) | changed
    return lambda: client.send(FORM, filled)


def test_sixty_four_citizens_at_once_get_sixty_four_numbers_without_a_gap(stand: Stand) -> None:
    numbers = [next(stand.numbers) for _ in range(CROWD)]
    # Every fourth comes with a category that there is not: it fails among the others and takes no number.
    failing = [next(stand.numbers) for _ in range(CROWD // 4)]
    doings = [ready_to_send(stand, number) for number in numbers]
    doings += [ready_to_send(stand, number, category="nothing") for number in failing]
    answers = at_once(doings)
    assert Counter(answer.status for answer in answers) == {303: CROWD, 422: CROWD // 4}
    stand.sent += [Sent(number, record_of(answer)) for number, answer in zip(numbers, answers[:CROWD], strict=True)]
    with stand.app.app_context():
        use_tenant(db.session, stand.world.tangsel.id)
        ids = [record_of(answer) for answer in answers[:CROWD]]
        given = db.session.scalars(select(Record.number).where(Record.id.in_(ids))).all()
        db.session.remove()
    assert len(set(given)) == CROWD
    wait_until_drained(stand)
    # Counts the numbers from one to the last, without a gap and without one twice.
    account_for(stand)


def test_one_form_that_is_sent_sixty_four_times_at_once_is_one_report(stand: Stand) -> None:
    number = next(stand.numbers)
    send = ready_to_send(stand, number)
    answers = at_once([send] * CROWD)
    assert {answer.status for answer in answers} == {303}
    records = {record_of(answer) for answer in answers}
    assert len(records) == 1
    stand.sent.append(Sent(number, records.pop()))
    wait_until_drained(stand)
    account_for(stand)
