"""Only what Stripe signed, lately and for this mode, is noted; and each event once."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

import pytest
import stripe
from sqlalchemy import func, select

from lumbung.money.models import StripeEvent
from lumbung.outbox.models import PlatformEffect
from lumbung.web.sites import LumbungFlask
from tests.money_stage import HUB, MoneyStage
from tests.world import World

_EVENT = {
    "id": "evt_1",
    "object": "event",
    "type": "charge.succeeded",
    "created": 1_790_000_000,
    "livemode": False,
    "data": {"object": {"object": "charge", "id": "ch_1"}},
}


def _send(stage: MoneyStage, event: Any, *, secret: str | None = None, at: float = 0, headers: Any = None) -> int:
    body = event if isinstance(event, str) else json.dumps(event)
    signature = stripe.WebhookSignature.generate_signature_header(
        body, secret or stage.stripe.webhook_secret, timestamp=int(time.time() + at)
    )
    sent = {"Stripe-Signature": signature} if headers is None else headers
    return stage.app.test_client().post("/stripe/events", base_url=HUB, data=body, headers=sent).status_code


def _noted(stage: MoneyStage) -> int:
    stage.session.rollback()
    return stage.session.scalar(select(func.count()).select_from(StripeEvent)) or 0


def test_a_signed_event_is_noted_once_and_looked_into_once(money: MoneyStage) -> None:
    assert [_send(money, _EVENT) for _ in range(3)] == [200, 200, 200]
    assert _noted(money) == 1
    assert money.session.scalar(select(func.count()).select_from(PlatformEffect)) == 1


@pytest.mark.parametrize("at", [-301, -100_000, 302, 100_000])
def test_a_signature_of_another_time_never_counts(money: MoneyStage, at: float) -> None:
    assert _send(money, _EVENT, at=at) == 400
    assert _noted(money) == 0


def test_a_wrong_or_missing_signature_never_counts(money: MoneyStage) -> None:
    now = int(time.time())
    wrong: tuple[dict[str, str], ...] = (
        {},
        {"Stripe-Signature": ""},
        {"Stripe-Signature": "t=,v1="},
        {"Stripe-Signature": f"t={now}"},
        {"Stripe-Signature": f"t={now},v1={'0' * 64}"},
        {"Stripe-Signature": f"t={now},v0={'0' * 64}"},
        {"Stripe-Signature": "t=x,v1=y,t=1"},
        {"Stripe-Signature": f"t={'9' * 400},v1=é"},
    )
    assert [_send(money, _EVENT, headers=headers) for headers in wrong] == [400] * len(wrong)
    assert _send(money, _EVENT, secret="whsec_another") == 400
    assert _noted(money) == 0


def test_a_changed_body_never_counts(money: MoneyStage) -> None:
    signature = stripe.WebhookSignature.generate_signature_header(json.dumps(_EVENT), money.stripe.webhook_secret)
    changed = json.dumps(_EVENT | {"id": "evt_2"})
    assert _send(money, changed, headers={"Stripe-Signature": signature}) == 400
    assert _noted(money) == 0


def test_an_event_of_real_money_does_not_count_where_the_key_is_for_trying(money: MoneyStage) -> None:
    assert _send(money, _EVENT | {"livemode": True}) == 400
    assert _noted(money) == 0


@pytest.mark.parametrize("body", ["", "[]", "null", "{", '{"id": 1, "type": "x"}', '{"id": "evt_1"}', "[" * 5000])
def test_a_signed_body_that_is_no_event_is_refused(money: MoneyStage, body: str) -> None:
    assert _send(money, body) == 400
    assert _noted(money) == 0


@pytest.mark.parametrize(
    "data",
    [None, [], {"object": None}, {"object": []}, {"object": {"object": "charge"}}, {"object": {"object": ["x"]}}],
)
def test_an_event_without_a_subject_is_noted_and_nothing_follows(money: MoneyStage, data: Any) -> None:
    assert _send(money, _EVENT | {"data": data, "livemode": False}) == 200
    assert _noted(money) == 1
    assert money.session.scalar(select(func.count()).select_from(PlatformEffect)) == 0


def test_a_new_secret_counts_beside_the_old_one(money: MoneyStage) -> None:
    money.app.lumbung = replace(money.app.lumbung, stripe_webhook_secrets=("whsec_new", money.stripe.webhook_secret))
    assert _send(money, _EVENT) == 200
    assert _send(money, _EVENT | {"id": "evt_2"}, secret="whsec_new") == 200
    assert _noted(money) == 2


def test_without_keys_there_is_nothing_to_tell(app: LumbungFlask, world: World) -> None:
    answer = app.test_client().post("/stripe/events", base_url=HUB, data="{}", headers={"Stripe-Signature": "t=1,v1=x"})
    assert answer.status_code == 404
