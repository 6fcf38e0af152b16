"""The nightly comparison finds each difference, mends what it can, and says what a person must look at."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from lumbung.db.clock import set_clock
from lumbung.money.books import Transfer, balances, post, settled_balance
from lumbung.money.chart import BookAccount
from lumbung.money.errors import StripeUnreachable
from lumbung.money.gateway import the_gateway
from lumbung.money.models import AgreementStatus, Cadence, Payment, Reconciliation
from lumbung.money.reconciling import reconcile
from lumbung.outbox.sweep import run_periodics
from tests.money_stage import MoneyStage
from tests.world import World


def _compare(money: MoneyStage) -> Reconciliation:
    with set_clock(datetime.fromtimestamp(money.stripe.now() + 2, UTC)):
        made = reconcile(money.session, the_gateway())
        money.session.commit()
    return made


def _kinds(made: Reconciliation) -> list[tuple[str, bool]]:
    return sorted((finding["kind"], finding["open"]) for finding in made.findings)


def test_when_all_was_told_nothing_is_found(money: MoneyStage, world: World) -> None:
    money.paid(world.stranger)
    made = _compare(money)
    assert (made.compared, made.findings, made.open) == (1, [], 0)
    assert made.stripe_balance == made.books_balance == 23_775_000


def test_what_was_never_told_is_booked_and_said(money: MoneyStage, world: World) -> None:
    agreement = money.agree(world.stranger)
    assert agreement.stripe_session_id is not None
    money.stripe.pay(agreement.stripe_session_id)
    charge = money.stripe.objects("charge")[0]["id"]
    money.stripe.refund(charge, amount=5_000_000)
    money.stripe.dispute(charge, amount=20_000_000)
    money.stripe.book("stripe_fee", -1_000_050, description="Radar")
    money.stripe.book("adjustment", 70_000)
    made = _compare(money)
    assert _kinds(made) == [("booked_late", False)] * 5 + [("rounding", False), ("unattributed", True)]
    assert made.stripe_balance == made.books_balance
    assert len(money.session.scalars(select(Payment)).all()) == 1
    held = balances(money.session)
    assert held[BookAccount.SPONSORSHIP] == 0
    assert held[BookAccount.UNATTRIBUTED] == -700
    assert sum(held.values()) == 0
    again = _compare(money)
    assert _kinds(again) == [("rounding", False), ("unattributed", True)]


def test_what_stripe_does_not_know_is_shown(money: MoneyStage, world: World) -> None:
    money.paid(world.stranger)
    post(
        money.session,
        Transfer(
            at=datetime.fromtimestamp(money.stripe.now(), UTC),
            debit=BookAccount.STRIPE,
            credit=BookAccount.UNATTRIBUTED,
            amount=5,
            source="txn_nobody",
            kind="charge",
            settled=500,
            settled_currency="idr",
        ),
    )
    made = _compare(money)
    assert _kinds(made) == [("balance", True), ("unattributed", True), ("unknown", True)]
    # The row is the test's own: nothing of Stripe stands behind it.
    money.session.rollback()
    assert settled_balance(money.session) - made.stripe_balance == 500
    assert made.open == 3


def test_an_agreement_whose_events_were_lost_is_looked_at(money: MoneyStage, world: World) -> None:
    monthly = money.agree(world.stranger, cadence=Cadence.MONTHLY)
    left = money.agree(world.stranger)
    money.pay(monthly, card="4000000000000341")
    assert monthly.status == AgreementStatus.ACTIVE
    money.stripe.advance(days=32)
    money.told = len(money.stripe.events())
    _compare(money)
    money.work()
    assert (monthly.status, left.status) == (AgreementStatus.LATE, AgreementStatus.ABANDONED)


def test_a_comparison_without_an_answer_keeps_nothing(money: MoneyStage, world: World) -> None:
    money.paid(world.stranger)
    money.stripe.fail_next("error", times=3, method="GET", path="/v1/balance")
    with pytest.raises(StripeUnreachable):
        _compare(money)
    money.session.rollback()
    assert money.session.scalars(select(Reconciliation)).all() == []


def test_the_night_compares_by_itself(money: MoneyStage, world: World) -> None:
    money.paid(world.stranger)
    money.session.remove()
    run_periodics(money.app, names=["reconcile-with-stripe"])
    money.work()
    assert [made.open for made in money.session.scalars(select(Reconciliation))] == [0]
