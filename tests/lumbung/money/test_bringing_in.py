"""What Stripe says reaches agreements, payments and books, whatever told of it."""

from __future__ import annotations

from sqlalchemy import select

from lumbung.ids import new_id
from lumbung.money.books import balances, settled_balance
from lumbung.money.chart import BookAccount
from lumbung.money.gateway import the_gateway
from lumbung.money.models import AgreementStatus, Cadence, JournalEntry, Payment, StripeEvent
from tests.money_stage import MoneyStage
from tests.world import World


def test_a_payment_is_booked_with_its_fee_and_a_receipt(money: MoneyStage, world: World) -> None:
    agreement = money.paid(world.stranger)
    payment = money.session.scalars(select(Payment)).one()
    assert (payment.amount, payment.receipt_number[-6:], payment.payer_name) == (250_000, "000001", "Wati Warga")
    assert agreement.status == AgreementStatus.PAID
    rows = money.session.scalars(select(JournalEntry).order_by(JournalEntry.kind)).all()
    assert [(row.kind, row.debit, row.credit, row.amount) for row in rows] == [
        ("charge", "stripe", "sponsorship", 250_000),
        ("fee", "fees", "stripe", 12_250),
    ]
    assert {row.agreement_id for row in rows} == {agreement.id}
    assert sum(balances(money.session).values()) == 0
    assert settled_balance(money.session) == sum(one["net"] for one in money.stripe.balance_transactions())


def test_the_same_events_again_change_nothing(money: MoneyStage, world: World) -> None:
    money.paid(world.stranger)
    browser = money.app.test_client()
    for event in reversed(money.stripe.events()):
        assert money.send(browser, event["id"]) == 200
    money.work()
    assert len(money.session.scalars(select(Payment)).all()) == 1
    assert len(money.session.scalars(select(JournalEntry)).all()) == 2
    assert len(money.session.scalars(select(StripeEvent)).all()) == len(money.stripe.events())


def test_a_monthly_agreement_is_paid_again_late_and_over(money: MoneyStage, world: World) -> None:
    agreement = money.agree(world.stranger, cadence=Cadence.MONTHLY)
    money.pay(agreement)
    assert agreement.status == AgreementStatus.ACTIVE
    first = agreement.paid_until
    money.advance(days=32)
    assert agreement.status == AgreementStatus.ACTIVE
    assert first is not None
    assert agreement.paid_until is not None
    assert agreement.paid_until > first
    assert len(money.session.scalars(select(Payment)).all()) == 2


def test_a_card_that_fails_later_makes_it_late_and_then_ends_it(money: MoneyStage, world: World) -> None:
    agreement = money.agree(world.stranger, cadence=Cadence.MONTHLY)
    money.pay(agreement, card="4000000000000341")
    until = agreement.paid_until
    money.advance(days=32)
    assert (agreement.status, agreement.paid_until) == (AgreementStatus.LATE, until)
    money.advance(days=40)
    assert (agreement.status, agreement.paid_until) == (AgreementStatus.ENDED, until)
    assert agreement.ended_at is not None


def test_a_payout_goes_to_the_bank(money: MoneyStage, world: World) -> None:
    money.paid(world.stranger)
    money.stripe.advance(days=10)
    money.stripe.payout(arrive=True)
    money.tell()
    held = balances(money.session)
    assert held[BookAccount.STRIPE] == 0
    assert held[BookAccount.BANK] == 237_750
    assert sum(held.values()) == 0


def test_another_subscription_of_the_same_customer_changes_no_agreement(money: MoneyStage, world: World) -> None:
    agreement = money.agree(world.stranger, cadence=Cadence.MONTHLY)
    money.pay(agreement)
    mine, until = agreement.stripe_subscription_id, agreement.paid_until
    # Somebody makes one more at Stripe's own pages, for another amount, and ends it.
    gateway = the_gateway()
    second = gateway.open_checkout(
        new_id(),
        customer_id=str(agreement.stripe_customer_id),
        amount=900_000,
        monthly=True,
        description="Dari halaman Stripe",
        language="id",
        success_url="https://lumbung.test/a",
        cancel_url="https://lumbung.test/b",
    )
    money.stripe.pay(second.id)
    money.tell()
    assert (agreement.stripe_subscription_id, agreement.amount, agreement.paid_until) == (mine, 250_000, until)
    # Its payment is the agreement's all the same: the customer paid it.
    assert sorted(one.amount for one in money.session.scalars(select(Payment))) == [250_000, 900_000]
