"""What nobody has paid is taken back, and then nobody can pay it; what was paid stands."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

import pytest
from sqlalchemy import select

from lumbung.db import db
from lumbung.local_stripe.errors import Refused
from lumbung.money.agreements import withdraw_agreement
from lumbung.money.errors import CannotChange, StripeUnreachable
from lumbung.money.gateway import Gateway
from lumbung.money.models import Agreement, AgreementStatus, Cadence, Payment
from lumbung.money.told import Session
from tests.money_stage import MoneyStage
from tests.world import World

CADENCES = pytest.mark.parametrize("cadence", list(Cadence))
RUNS = {Cadence.ONCE: AgreementStatus.PAID, Cadence.MONTHLY: AgreementStatus.ACTIVE}


def withdraw(money: MoneyStage, agreement: Agreement) -> None:
    withdraw_agreement(money.session, agreement)
    money.session.commit()


@CADENCES
def test_an_old_tab_cannot_pay_what_was_withdrawn(money: MoneyStage, world: World, cadence: Cadence) -> None:
    agreement = money.agree(world.stranger, cadence=cadence)
    withdraw(money, agreement)
    assert agreement.status == AgreementStatus.ABANDONED
    with pytest.raises(Refused, match="expired"):
        money.stripe.pay(str(agreement.stripe_session_id))
    money.tell()
    assert agreement.status == AgreementStatus.ABANDONED
    assert money.session.scalars(select(Payment)).all() == []
    with pytest.raises(CannotChange):
        withdraw(money, agreement)


@CADENCES
def test_what_was_paid_before_it_is_withdrawn_stands(money: MoneyStage, world: World, cadence: Cadence) -> None:
    agreement = money.agree(world.stranger, cadence=cadence)
    money.stripe.pay(str(agreement.stripe_session_id))
    # Nobody here has heard of it.
    with pytest.raises(CannotChange, match="has come in"):
        withdraw(money, agreement)
    money.session.commit()
    # Asking was enough for the worker to look.
    money.work()
    assert agreement.status == RUNS[cadence]
    money.tell()
    assert len(money.session.scalars(select(Payment)).all()) == 1


@CADENCES
def test_what_is_paid_between_two_questions_stands(
    money: MoneyStage, world: World, cadence: Cadence, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreement = money.agree(world.stranger, cadence=cadence)
    looked: Callable[[Gateway, str], Session] = Gateway.session

    def look_and_be_late(gateway: Gateway, session_id: str) -> Session:
        found = looked(gateway, session_id)
        if found.status == "open":
            money.stripe.pay(session_id)
        return found

    monkeypatch.setattr(Gateway, "session", look_and_be_late)
    with pytest.raises(CannotChange, match="has come in"):
        withdraw(money, agreement)
    money.session.commit()
    money.tell()
    assert agreement.status == RUNS[cadence]


def test_of_two_at_once_one_wins_and_both_sides_agree(money: MoneyStage, world: World) -> None:
    ends = set()
    for number in range(8):
        agreement = money.agree(world.stranger, cadence=Cadence.MONTHLY)
        agreement_id, session_id = agreement.id, str(agreement.stripe_session_id)
        money.session.rollback()
        gate = threading.Barrier(2)

        def pay(gate: threading.Barrier = gate, session_id: str = session_id, number: int = number) -> None:
            gate.wait(20)
            # Now one is first, now the other.
            threading.Event().wait(number * 0.002)
            with suppress(Refused):
                money.stripe.pay(session_id)

        payer = threading.Thread(target=pay)
        payer.start()
        gate.wait(20)
        with suppress(CannotChange):
            withdraw_agreement(db.session, db.session.get_one(Agreement, agreement_id))
        db.session.commit()
        payer.join(20)
        money.tell()
        there = next(one for one in money.stripe.objects("checkout.session") if one["id"] == session_id)
        now = money.session.get_one(Agreement, agreement_id).status
        ends.add((there["status"], now))
    assert ends <= {("expired", AgreementStatus.ABANDONED), ("complete", AgreementStatus.ACTIVE)}


def test_what_was_opened_with_other_keys_is_withdrawn(money: MoneyStage, world: World) -> None:
    agreement = money.agree(world.stranger)
    agreement.stripe_session_id = "cs_test_of_another_account"
    money.session.commit()
    withdraw(money, agreement)
    assert agreement.status == AgreementStatus.ABANDONED


def test_while_stripe_does_not_answer_nothing_is_withdrawn(money: MoneyStage, world: World) -> None:
    agreement = money.agree(world.stranger)
    money.stripe.fail_next("error", times=3, path="/v1/checkout/sessions")
    with pytest.raises(StripeUnreachable):
        withdraw(money, agreement)
    money.session.rollback()
    assert agreement.status == AgreementStatus.OPENED
    # The answer was lost, not what was done.
    money.stripe.fail_next("lost", method="POST", path="/v1/checkout/sessions")
    withdraw(money, agreement)
    assert agreement.status == AgreementStatus.ABANDONED
