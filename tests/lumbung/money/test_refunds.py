"""Giving money back: never more than came, never twice, never another's."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from sqlalchemy import select, update

from lumbung.db import db
from lumbung.errors import NotFound
from lumbung.ids import new_id
from lumbung.money.books import balances, given_back
from lumbung.money.chart import BookAccount
from lumbung.money.errors import RefundRefused
from lumbung.money.models import Agreement, Cadence, JournalEntry, Payment, Refund, RefundStatus
from lumbung.money.refunds import ask_refund, refundable
from tests.money_stage import MoneyStage
from tests.world import World


def _payment(money: MoneyStage) -> Payment:
    return money.session.scalars(select(Payment).order_by(Payment.receipt_number)).first()  # type: ignore[return-value]


def _ask(money: MoneyStage, amount: int, *, seen: int | None = None) -> None:
    payment = _payment(money)
    left = refundable(money.session, payment) if seen is None else seen
    ask_refund(money.session, payment.id, amount=amount, reason="Salah tujuan", seen=left, by=None)
    money.session.commit()


def test_a_part_goes_back_and_is_booked(money: MoneyStage, world: World) -> None:
    money.paid(world.stranger)
    _ask(money, 100_000)
    assert refundable(money.session, _payment(money)) == 150_000
    money.work()
    money.tell()
    refund = money.session.scalars(select(Refund)).one()
    assert (refund.status, refund.amount) == (RefundStatus.DONE, 100_000)
    assert given_back(money.session, refund.payment_id) == 100_000
    assert balances(money.session)[BookAccount.SPONSORSHIP] == -150_000
    assert refundable(money.session, _payment(money)) == 150_000
    assert [one["metadata"] for one in money.stripe.objects("refund")] == [{"refund": str(refund.id)}]


@pytest.mark.parametrize("amount", [0, -1, -250_000, 250_001, 10**15])
def test_no_amount_but_a_part_or_all_of_what_is_left(money: MoneyStage, world: World, amount: int) -> None:
    money.paid(world.stranger)
    with pytest.raises(RefundRefused):
        _ask(money, amount)


def test_what_went_back_cannot_go_back_again(money: MoneyStage, world: World) -> None:
    money.paid(world.stranger)
    _ask(money, 200_000)
    with pytest.raises(RefundRefused):
        _ask(money, 100_000)
    money.work()
    with pytest.raises(RefundRefused):
        _ask(money, 50_001)
    _ask(money, 50_000)
    money.work()
    assert given_back(money.session, _payment(money).id) == 250_000


def test_a_payment_that_is_not_there_or_anothers_is_refused(money: MoneyStage, world: World) -> None:
    mine = money.paid(world.stranger)
    money.paid(world.operator, cadence=Cadence.MONTHLY)
    with pytest.raises(NotFound):
        ask_refund(money.session, new_id(), amount=1, reason="", seen=1, by=None)
    # A charge that belongs to another customer than the agreement's is not touched, whatever the rows say.
    other = money.session.scalars(select(Agreement).where(Agreement.id != mine.id)).one()
    kept = other.stripe_customer_id
    money.session.execute(update(Agreement).where(Agreement.id == other.id).values(stripe_customer_id="cus_x"))
    money.session.execute(update(Agreement).where(Agreement.id == mine.id).values(stripe_customer_id=kept))
    money.session.commit()
    _ask(money, 1_000)
    money.work()
    refund = money.session.scalars(select(Refund)).one()
    assert refund.status == RefundStatus.FAILED
    assert money.stripe.objects("refund") == []


def test_two_operators_at_once_give_back_once(money: MoneyStage, world: World) -> None:
    money.paid(world.stranger)
    payment_id, begin, outcomes = _payment(money).id, Barrier(8), []

    def give() -> None:
        with money.app.app_context():
            begin.wait()
            try:
                ask_refund(db.session, payment_id, amount=100_000, reason="Dua kali", seen=250_000, by=None)
                db.session.commit()
                outcomes.append("asked")
            except RefundRefused:
                db.session.rollback()
                outcomes.append("refused")
            db.session.remove()

    threads = [Thread(target=give) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    money.work()
    assert sorted(outcomes) == ["asked"] + ["refused"] * 7
    assert given_back(money.session, payment_id) == 100_000


def test_lost_answers_and_failures_do_not_give_back_twice(money: MoneyStage, world: World) -> None:
    money.paid(world.stranger)
    _ask(money, 100_000)
    money.stripe.fail_next("lost", method="POST", path="/v1/refunds")
    money.work()
    assert len(money.stripe.objects("refund")) == 1
    _ask(money, 50_000)
    # The SDK itself asks three times; then the effect comes again.
    money.stripe.fail_next("error", times=3, method="POST", path="/v1/refunds")
    money.work()
    states = select(Refund.status).order_by(Refund.created_at)
    assert money.session.scalars(states).all() == [RefundStatus.DONE, RefundStatus.ASKED]
    money.stripe.advance(days=2)
    money.work()
    assert money.session.scalars(states).all() == [RefundStatus.DONE, RefundStatus.DONE]
    assert [one["amount"] for one in money.stripe.objects("refund")] == [10_000_000, 5_000_000]


def test_stripes_refusal_is_told_and_can_be_tried_again(money: MoneyStage, world: World) -> None:
    money.paid(world.stranger)
    charge = _payment(money).charge_id
    assert charge is not None
    # Somebody gave it back at Stripe's own pages, and nothing has told us yet.
    money.stripe.refund(charge)
    _ask(money, 100_000)
    money.work()
    refund = money.session.scalars(select(Refund).where(Refund.asked_by.is_(None), Refund.reason != "")).first()
    assert refund is not None
    assert refund.status == RefundStatus.FAILED
    assert refund.failure
    money.tell()
    assert refundable(money.session, _payment(money)) == 0
    assert given_back(money.session, _payment(money).id) == 250_000


def test_a_refund_that_the_bank_sends_back_is_money_again(money: MoneyStage, world: World) -> None:
    money.paid(world.stranger)
    _ask(money, 250_000)
    money.work()
    told = money.stripe.objects("refund")[0]
    money.stripe.fail_refund(told["id"])
    money.tell()
    refund = money.session.scalars(select(Refund)).one()
    assert (refund.status, given_back(money.session, refund.payment_id)) == (RefundStatus.FAILED, 0)
    assert refundable(money.session, _payment(money)) == 250_000


def test_a_dispute_takes_the_money_and_winning_it_brings_it_back(money: MoneyStage, world: World) -> None:
    money.paid(world.stranger)
    payment = _payment(money)
    assert payment.charge_id is not None
    opened = money.stripe.dispute(payment.charge_id)
    money.tell()
    assert given_back(money.session, payment.id) == 250_000
    assert refundable(money.session, _payment(money)) == 0
    money.stripe.close_dispute(opened["id"], won=True)
    money.tell()
    assert given_back(money.session, _payment(money).id) == 0
    kinds = money.session.scalars(select(JournalEntry.kind)).all()
    assert kinds.count("dispute") == 2
