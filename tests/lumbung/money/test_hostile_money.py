"""What people, pages of the web and outages do to money; each of these once got through."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from lumbung.db import db
from lumbung.i18n import speaking
from lumbung.money.agreements import look_again, open_agreement, start_checkout
from lumbung.money.books import given_back
from lumbung.money.chart import BookAccount
from lumbung.money.errors import StripeRefused
from lumbung.money.events import note_event
from lumbung.money.gateway import Gateway, the_gateway
from lumbung.money.models import Agreement, Cadence, JournalEntry, Payment, Refund, RefundStatus, StripeEvent
from lumbung.money.reconciling import reconcile
from lumbung.money.refunds import AT_STRIPE, ask_refund, bring_refund, refundable
from lumbung.money.told import Charge, RefundTold
from lumbung.outbox.models import PlatformEffect
from tests.money_stage import HUB, MoneyStage
from tests.world import World


def _payment(money: MoneyStage) -> Payment:
    return money.session.scalars(select(Payment)).one()


def _ask(money: MoneyStage, amount: int) -> None:
    payment = _payment(money)
    left = refundable(money.session, payment)
    ask_refund(money.session, payment.id, amount=amount, reason="Salah tujuan", seen=left, by=None)
    money.session.commit()


def test_a_refund_that_was_given_up_and_made_all_the_same_is_not_made_twice(
    money: MoneyStage, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    money.paid(world.stranger)
    _ask(money, 100_000)
    money.stripe.fail_next("lost", method="POST", path="/v1/refunds")
    money.work()
    # As after twelve attempts in an outage: Stripe made it, and nobody here ever heard of it.
    money.session.execute(update(Refund).values(status=RefundStatus.FAILED, stripe_refund_id=None))
    money.session.commit()
    monkeypatch.setattr("lumbung.money.refunds.given_back", lambda *_, **__: 0)
    _ask(money, 100_000)
    money.work()
    assert [one["amount"] for one in money.stripe.objects("refund")] == [10_000_000]
    states = money.session.scalars(select(Refund.status).order_by(Refund.created_at)).all()
    assert states == [RefundStatus.DONE, RefundStatus.FAILED]
    assert given_back(money.session, _payment(money).id) == 100_000


def test_one_thing_that_stripe_does_not_find_keeps_nothing_else_from_being_compared(
    money: MoneyStage, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        agreement = money.agree(world.stranger)
        assert agreement.stripe_session_id is not None
        money.stripe.pay(agreement.stripe_session_id)
    lost = money.stripe.objects("charge")[0]["id"]
    ask = Gateway.charge

    def charge(self: Gateway, charge_id: str) -> Charge:
        if charge_id == lost:
            raise StripeRefused("No such charge")
        return ask(self, charge_id)

    monkeypatch.setattr(Gateway, "charge", charge)
    made = reconcile(money.session, the_gateway())
    money.session.commit()
    assert made.stripe_balance == made.books_balance
    assert "unattributed" in {one["kind"] for one in made.findings}
    held = select(func.sum(JournalEntry.amount)).where(JournalEntry.credit == BookAccount.UNATTRIBUTED)
    assert money.session.scalar(held) == 250_000
    assert _payment(money).amount == 250_000


def test_coming_back_again_and_again_does_not_fill_the_workers_table(money: MoneyStage, world: World) -> None:
    agreement = money.agree(world.stranger)
    money.session.refresh(agreement)
    for _ in range(50):
        look_again(money.session, agreement)
    money.session.commit()
    assert (money.session.scalar(select(func.count()).select_from(PlatformEffect)) or 0) <= 2


def test_an_event_about_what_stripe_no_longer_has_troubles_nobody_for_ever(money: MoneyStage, world: World) -> None:
    event = {
        "id": "evt_gone",
        "type": "charge.succeeded",
        "created": 1_790_000_000,
        "livemode": False,
        "data": {"object": {"object": "charge", "id": "ch_gone"}},
    }
    money.session.connection()
    note_event(money.session, event)
    money.session.commit()
    money.work()
    assert money.session.scalars(select(StripeEvent)).one().handled_at is not None


def test_whoever_got_no_answer_may_ask_again_in_another_language(money: MoneyStage, world: World) -> None:
    with money.app.test_request_context(base_url=HUB):
        made = open_agreement(
            money.session,
            kind="sponsorship",
            account_id=world.stranger.id,
            payer_name="PT Padi",
            description="Sponsor SIARAN",
            subject=("app", "siaran"),
            amount=250_000,
            cadence=Cadence.ONCE,
        )

        def begin() -> str:
            return start_checkout(money.session, made, email="a@b.test", success_url=f"{HUB}/a", cancel_url=f"{HUB}/b")

        with speaking("id"):
            begin()
        # As if the answer had been lost, or the transaction.
        made.stripe_session_id = None
        with speaking("en"):
            assert begin().startswith(money.stripe.base)


def test_what_people_write_beside_a_refund_at_stripe_keeps_nothing_from_being_booked(
    money: MoneyStage, world: World
) -> None:
    agreement = money.paid(world.stranger)
    told = RefundTold("re_x", 10_000_000, "succeeded", "bukan id", None, ())
    bring_refund(money.session, told, agreement, _payment(money))
    assert money.session.scalars(select(Refund)).one().reason == AT_STRIPE
    money.session.rollback()


def test_two_windows_lead_to_one_page(money: MoneyStage, world: World) -> None:
    agreement = money.agree(world.stranger)
    agreement_id, opened = agreement.id, agreement.stripe_session_id
    money.session.execute(update(Agreement).values(stripe_session_id=None))
    money.session.commit()
    # The second window has read the agreement before the first was led to Stripe.
    assert agreement.stripe_session_id is None
    with Session(db.engine) as first, money.app.test_request_context(base_url=HUB):
        first.execute(update(Agreement).where(Agreement.id == agreement_id).values(stripe_session_id=opened))
        first.commit()
    with money.app.test_request_context(base_url=HUB), speaking("en"):
        start_checkout(money.session, agreement, email="a@b.test", success_url=f"{HUB}/a", cancel_url=f"{HUB}/b")
    assert len(money.stripe.objects("checkout.session")) == 1
