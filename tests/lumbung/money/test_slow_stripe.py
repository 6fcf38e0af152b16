"""A Stripe that does not answer is waited for by nobody but those who pay."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from lumbung.db import db, use_tenant
from lumbung.money.agreements import lock_agreement, start_checkout
from lumbung.money.asking import somebody_waits
from lumbung.money.errors import AgreementBusy, StripeUnreachable
from lumbung.money.models import Cadence
from lumbung.outbox import enqueue_effect, handlers
from lumbung.outbox.handlers import RegisteredEffect
from lumbung.outbox.models import EffectStatus, PeriodicRun, PlatformEffect
from lumbung.outbox.worker import run_worker
from tests.money_stage import HUB, MoneyStage
from tests.world import World


def _wait_for(condition: Callable[[], bool], *, seconds: float = 30) -> float:
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < seconds, "It did not happen in time."
        time.sleep(0.02)
    return time.monotonic() - begun


@pytest.fixture
def working(money: MoneyStage) -> Iterator[None]:
    """A worker that has come up and is idle."""
    stop = threading.Event()
    worker = threading.Thread(target=run_worker, args=(money.app,), kwargs={"stop": stop})
    worker.start()

    def swept() -> bool:
        money.session.rollback()
        return bool(money.session.scalar(select(func.count()).select_from(PeriodicRun)))

    try:
        _wait_for(swept)
        yield
    finally:
        stop.set()
        worker.join(30)


def test_what_citizens_wait_for_does_not_wait_for_a_slow_stripe(
    money: MoneyStage, world: World, working: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = threading.Event()
    letter = RegisteredEffect("probe.letter", lambda *_: sent.set(), None)
    monkeypatch.setitem(handlers._effects, "probe.letter", letter)
    money.stripe.fail_next("slow", times=50, seconds=4.0)
    money.session.connection()
    for number in range(8):
        enqueue_effect(money.session, "stripe.look", {"kind": "charge", "id": f"ch_{number}"})
    money.session.commit()
    time.sleep(0.4)
    use_tenant(money.session, world.tangsel.id)
    money.session.connection()
    enqueue_effect(money.session, "probe.letter", {})
    money.session.commit()
    assert sent.wait(8.0), "The letter waited for questions to Stripe."
    use_tenant(money.session, None)
    pending = select(func.count()).where(
        PlatformEffect.kind == "stripe.look", PlatformEffect.status == EffectStatus.PENDING
    )
    assert money.session.scalar(pending), "Nothing was asked slowly, so nothing was shown."


def test_few_people_at_once_wait_for_stripe_and_the_others_are_told(money: MoneyStage, world: World) -> None:
    agreement = money.agree(world.stranger)
    with somebody_waits(), somebody_waits(), pytest.raises(StripeUnreachable):
        start_checkout(money.session, agreement, email="a@b.test", success_url=f"{HUB}/a", cancel_url=f"{HUB}/b")
    assert start_checkout(money.session, agreement, email="a@b.test", success_url=f"{HUB}/a", cancel_url=f"{HUB}/b")


def test_an_agreement_that_the_worker_holds_is_not_waited_for_by_a_page(money: MoneyStage, world: World) -> None:
    agreement_id = money.paid(world.stranger, cadence=Cadence.MONTHLY).id
    money.session.rollback()
    with Session(db.engine) as worker:
        lock_agreement(worker, agreement_id)
        with money.app.test_request_context(base_url=HUB), pytest.raises(AgreementBusy):
            lock_agreement(money.session, agreement_id)
        money.session.rollback()
    with money.app.test_request_context(base_url=HUB):
        assert lock_agreement(money.session, agreement_id).id == agreement_id
        assert money.session.scalar(text("SHOW lock_timeout")) == "0"
    money.session.rollback()
