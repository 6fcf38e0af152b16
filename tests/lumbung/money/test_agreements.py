"""Opening, changing, ending and continuing what is paid for."""

from __future__ import annotations

import pytest

from lumbung.db import db
from lumbung.errors import Invalid, NotFound
from lumbung.money.agreements import (
    LEAST,
    MOST,
    change_agreement,
    continue_agreement,
    end_agreement,
    get_agreement,
    open_agreement,
    start_checkout,
)
from lumbung.money.errors import CannotChange, MoneyNotReady, StripeUnreachable
from lumbung.money.models import Agreement, AgreementStatus, Cadence
from lumbung.web.sites import LumbungFlask
from tests.money_stage import HUB, MoneyStage
from tests.world import World


def _subscription(money: MoneyStage) -> dict[str, object]:
    found: dict[str, object] = money.stripe.objects("subscription")[0]
    return found


def test_a_monthly_one_runs_to_the_end_of_what_is_paid(money: MoneyStage, world: World) -> None:
    agreement = money.agree(world.stranger, cadence=Cadence.MONTHLY)
    money.pay(agreement)
    end_agreement(money.session, agreement)
    end_agreement(money.session, agreement)
    money.session.commit()
    assert (agreement.cancel_at_period_end, agreement.order_pending) == (True, True)
    money.work()
    money.tell()
    assert (_subscription(money)["cancel_at_period_end"], agreement.order_pending) == (True, False)
    assert agreement.status == AgreementStatus.ACTIVE
    until = agreement.paid_until
    money.advance(days=32)
    assert (agreement.status, agreement.paid_until) == (AgreementStatus.ENDED, until)
    for too_late in (end_agreement, continue_agreement):
        with pytest.raises(CannotChange):
            too_late(money.session, agreement)


def test_what_was_decided_here_stands_when_older_news_come_first(money: MoneyStage, world: World) -> None:
    agreement = money.agree(world.stranger, cadence=Cadence.MONTHLY)
    money.pay(agreement)
    end_agreement(money.session, agreement)
    continue_agreement(money.session, agreement)
    end_agreement(money.session, agreement)
    change_agreement(money.session, agreement, amount=300_000, description="Sponsor lebih besar")
    money.session.commit()
    # All that was ever told comes again before the worker has told Stripe.
    browser = money.app.test_client()
    for event in money.stripe.events():
        money.send(browser, event["id"])
    money.work()
    assert _subscription(money)["cancel_at_period_end"] is True
    assert (agreement.cancel_at_period_end, agreement.amount) == (True, 300_000)
    continue_agreement(money.session, agreement)
    money.session.commit()
    money.work()
    money.tell()
    assert _subscription(money)["cancel_at_period_end"] is False


def test_another_amount_counts_from_the_next_month(money: MoneyStage, world: World) -> None:
    agreement = money.agree(world.stranger, cadence=Cadence.MONTHLY)
    money.pay(agreement)
    change_agreement(money.session, agreement, amount=500_000, description="Sponsor lebih besar")
    money.session.commit()
    money.work()
    money.tell()
    assert [charge["amount"] for charge in money.stripe.objects("charge")] == [25_000_000]
    money.advance(days=32)
    assert [charge["amount"] for charge in money.stripe.objects("charge")] == [25_000_000, 50_000_000]


def test_a_page_that_nobody_paid_is_the_same_again_and_then_gone(money: MoneyStage, world: World) -> None:
    agreement = money.agree(world.stranger)
    words = {"email": "warga@lumbung.test", "success_url": f"{HUB}/a", "cancel_url": f"{HUB}/b"}
    with money.app.test_request_context(base_url=HUB):
        assert start_checkout(money.session, agreement, **words) == start_checkout(money.session, agreement, **words)
    assert len(money.stripe.objects("checkout.session")) == 1
    money.advance(days=2)
    assert agreement.status == AgreementStatus.ABANDONED
    with money.app.test_request_context(base_url=HUB), pytest.raises(CannotChange):
        start_checkout(money.session, agreement, **words)


def test_a_payment_that_was_made_is_not_asked_for_again(money: MoneyStage, world: World) -> None:
    agreement = money.agree(world.stranger)
    assert agreement.stripe_session_id is not None
    money.stripe.pay(agreement.stripe_session_id)
    with money.app.test_request_context(base_url=HUB), pytest.raises(CannotChange):
        start_checkout(money.session, agreement, email="w@lumbung.test", success_url=HUB, cancel_url=HUB)
    money.session.commit()
    # Who came back before Stripe told: we look by ourselves.
    money.work()
    assert agreement.status == AgreementStatus.PAID


@pytest.mark.parametrize("amount", [-1, 0, 1, LEAST - 1, MOST + 1])
def test_amounts_that_no_card_pays_are_refused(money: MoneyStage, world: World, amount: int) -> None:
    with pytest.raises(Invalid):
        money.agree(world.stranger, amount=amount)


def test_anothers_agreement_is_not_there(money: MoneyStage, world: World) -> None:
    agreement = money.agree(world.stranger)
    assert get_agreement(money.session, agreement.id, account_id=world.stranger.id) is agreement
    with pytest.raises(NotFound):
        get_agreement(money.session, agreement.id, account_id=world.operator.id)


def test_when_stripe_does_not_answer_nothing_is_agreed(money: MoneyStage, world: World) -> None:
    money.stripe.fail_next("error", times=3, method="POST", path="/v1/checkout/sessions")
    with pytest.raises(StripeUnreachable):
        money.agree(world.stranger)
    money.session.rollback()
    assert money.session.query(Agreement).all() == []


def test_without_keys_nobody_is_led_to_stripe(app: LumbungFlask, world: World) -> None:
    with app.test_request_context(base_url=HUB):
        made = open_agreement(
            db.session,
            kind="sponsorship",
            account_id=world.stranger.id,
            payer_name="Wati",
            description="Sponsor",
            subject=("app", "siaran"),
            amount=250_000,
            cadence=Cadence.ONCE,
        )
        with pytest.raises(MoneyNotReady):
            start_checkout(db.session, made, email="w@lumbung.test", success_url=HUB, cancel_url=HUB)
