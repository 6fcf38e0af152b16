"""Another card: given at Stripe, taken for what is owed and for the months to come, once."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from stripe import StripeClient

from lumbung.db import now
from lumbung.i18n import speaking
from lumbung.money.agreements import end_agreement
from lumbung.money.asking import somebody_waits
from lumbung.money.bank import note_bank_payment
from lumbung.money.books import balances, settled_balance
from lumbung.money.cards import has_card, look_for_card, open_card_page
from lumbung.money.errors import CannotChange, MoneyNotReady, StripeUnreachable
from lumbung.money.gateway import API_VERSION, the_gateway
from lumbung.money.models import Agreement, AgreementStatus, Cadence, Payment
from lumbung.money.reconciling import reconcile
from lumbung.web.sites import LumbungFlask
from tests.money_stage import HUB, MoneyStage
from tests.money_world import paid_agreement
from tests.world import World

FAILS_LATER = "4000000000000341"


def page_of(money: MoneyStage, agreement: Agreement, *, language: str = "id") -> str:
    """The session of the page on which its payer gives another card."""
    with money.app.test_request_context(base_url=HUB), speaking(language):
        return open_card_page(agreement, done_url=f"{HUB}/kartu", back_url=f"{HUB}/kembali").rpartition("/")[2]


def monthly(money: MoneyStage, world: World, *, card: str = "4242424242424242") -> Agreement:
    agreement = money.agree(world.stranger, cadence=Cadence.MONTHLY)
    money.pay(agreement, card=card)
    return agreement


def card_of(money: MoneyStage) -> Any:
    [subscription] = money.stripe.objects("subscription")
    return subscription["default_payment_method"]


def test_a_late_agreement_is_paid_with_the_new_card_and_goes_on_with_it(money: MoneyStage, world: World) -> None:
    agreement = monthly(money, world, card=FAILS_LATER)
    money.advance(days=32)
    before, until = card_of(money), agreement.paid_until
    assert agreement.status == AgreementStatus.LATE
    money.stripe.change_card(page_of(money, agreement))
    money.tell()
    money.tell()
    assert agreement.status == AgreementStatus.ACTIVE
    assert agreement.paid_until is not None
    assert until is not None
    assert agreement.paid_until > until
    assert card_of(money) != before
    assert len(money.session.scalars(select(Payment)).all()) == 2
    money.advance(days=31)
    assert len(money.session.scalars(select(Payment)).all()) == 3
    assert sum(balances(money.session).values()) == 0
    assert settled_balance(money.session) == sum(one["net"] for one in money.stripe.balance_transactions())
    # What was agreed is still known there by its id.
    [subscription] = money.stripe.objects("subscription")
    assert subscription["metadata"]["agreement"] == str(agreement.id)


def test_who_comes_back_is_looked_after_though_stripe_tells_nothing(money: MoneyStage, world: World) -> None:
    agreement = monthly(money, world)
    before = card_of(money)
    money.stripe.change_card(page_of(money, agreement))
    assert card_of(money) == before
    for _ in range(3):
        assert look_for_card(money.session, agreement)
    money.session.commit()
    money.work()
    assert card_of(money) != before
    assert len(money.stripe.events("charge.succeeded")) == 1


def test_nights_find_a_card_of_which_nobody_heard(money: MoneyStage, world: World) -> None:
    agreement = monthly(money, world)
    before = card_of(money)
    money.stripe.change_card(page_of(money, agreement))
    reconcile(money.session, the_gateway())
    money.session.commit()
    money.work()
    assert card_of(money) != before


def test_a_card_is_taken_once_and_what_is_chosen_at_stripe_later_stands(money: MoneyStage, world: World) -> None:
    agreement = monthly(money, world)
    first = card_of(money)
    money.stripe.change_card(page_of(money, agreement))
    money.tell()
    money.tell()
    api = StripeClient(money.stripe.key, stripe_version=API_VERSION, base_addresses={"api": money.stripe.base}).v1
    # An operator puts the old card back at Stripe's own pages: that is no new card of the payer's.
    api.subscriptions.update(str(agreement.stripe_subscription_id), {"default_payment_method": first})
    money.tell()
    look_for_card(money.session, agreement)
    money.session.commit()
    money.work()
    assert card_of(money) == first
    money.stripe.change_card(page_of(money, agreement))
    money.tell()
    assert card_of(money) != first


def test_a_new_card_that_fails_too_leaves_it_late_and_the_next_one_pays(money: MoneyStage, world: World) -> None:
    agreement = monthly(money, world, card=FAILS_LATER)
    money.advance(days=32)
    money.stripe.change_card(page_of(money, agreement), card=FAILS_LATER)
    money.tell()
    money.tell()
    assert agreement.status == AgreementStatus.LATE
    assert len(money.stripe.events("charge.failed")) == 2
    money.stripe.change_card(page_of(money, agreement))
    money.tell()
    money.tell()
    assert agreement.status == AgreementStatus.ACTIVE


def test_broken_off_in_between_it_is_neither_forgotten_nor_paid_twice(money: MoneyStage, world: World) -> None:
    agreement = monthly(money, world, card=FAILS_LATER)
    money.advance(days=32)
    before = card_of(money)
    money.stripe.change_card(page_of(money, agreement))
    # The SDK tries three times before the worker does.
    money.stripe.fail_next("error", times=3, method="POST", path="/v1/subscriptions")
    money.tell()
    assert card_of(money) == before
    money.stripe.advance(hours=2)
    money.tell()
    money.tell()
    assert card_of(money) != before
    assert agreement.status == AgreementStatus.ACTIVE
    assert len(money.session.scalars(select(Payment)).all()) == 2


def test_a_payment_that_hangs_keeps_no_card_from_being_taken(money: MoneyStage, world: World) -> None:
    agreement = monthly(money, world, card=FAILS_LATER)
    money.advance(days=32)
    before = card_of(money)
    money.stripe.change_card(page_of(money, agreement))
    money.stripe.fail_next("error", times=3, method="POST", path="/v1/invoices")
    money.tell()
    assert card_of(money) != before
    assert agreement.status == AgreementStatus.LATE
    money.stripe.advance(hours=2)
    money.work()
    money.tell()
    assert agreement.status == AgreementStatus.ACTIVE
    assert len(money.session.scalars(select(Payment)).all()) == 2


def test_what_is_to_end_is_not_charged_by_a_new_card(money: MoneyStage, world: World) -> None:
    agreement = monthly(money, world, card=FAILS_LATER)
    money.advance(days=32)
    session_id = page_of(money, agreement)
    end_agreement(money.session, agreement)
    money.session.commit()
    money.stripe.change_card(session_id)
    money.tell()
    money.tell()
    assert len(money.stripe.events("charge.succeeded")) == 1
    assert not has_card(agreement)
    with pytest.raises(CannotChange):
        page_of(money, agreement)
    assert not look_for_card(money.session, agreement)


def test_only_what_a_card_pays_monthly_has_one_to_change(money: MoneyStage, world: World) -> None:
    once = money.paid(world.stranger)
    opened = money.agree(world.stranger, cadence=Cadence.MONTHLY)
    by_bank = money.agree(world.stranger, cadence=Cadence.MONTHLY)
    note_bank_payment(money.session, by_bank, amount=250_000, paid_at=now(), reference="TRF 9", by=None)
    money.session.commit()
    assert by_bank.status == AgreementStatus.ACTIVE
    for agreement in (once, opened, by_bank):
        with pytest.raises(CannotChange):
            page_of(money, agreement)


def test_the_page_speaks_the_readers_language_and_is_set_up_once(money: MoneyStage, world: World) -> None:
    agreement = monthly(money, world)
    page_of(money, agreement)
    page_of(money, agreement, language="en")
    assert [one["locale"] for one in money.stripe.objects("billing_portal.session")] == ["id", "en"]
    [allowed] = money.stripe.objects("billing_portal.configuration")
    enabled = {name for name, feature in allowed["features"].items() if feature["enabled"]}
    assert enabled == {"invoice_history", "payment_method_update"}
    # Another process finds what is there.
    money.app.extensions.pop("lumbung_gateway")
    page_of(money, agreement)
    assert len(money.stripe.objects("billing_portal.configuration")) == 1
    # Put out of use at Stripe, it is made anew.
    api: Any = StripeClient(money.stripe.key, stripe_version=API_VERSION, base_addresses={"api": money.stripe.base}).v1
    api.billing_portal.configurations.update(allowed["id"], {"active": False})
    page_of(money, agreement)
    assert [one["active"] for one in money.stripe.objects("billing_portal.configuration")] == [False, True]


def test_a_stripe_that_does_not_answer_is_said_so(money: MoneyStage, world: World) -> None:
    agreement = monthly(money, world)
    money.stripe.fail_next("error", times=9, path="/v1/billing_portal")
    with pytest.raises(StripeUnreachable):
        page_of(money, agreement)
    with somebody_waits(), somebody_waits(), pytest.raises(StripeUnreachable):
        page_of(money, agreement)


def test_without_keys_there_is_no_page(app: LumbungFlask, world: World, session: Any) -> None:
    agreement = paid_agreement(session, cadence=Cadence.MONTHLY)
    assert has_card(agreement)
    with app.test_request_context(base_url=HUB), pytest.raises(MoneyNotReady):
        open_card_page(agreement, done_url=HUB, back_url=HUB)
