"""The account's balance: what every movement brings, and what the dashboard does to it."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from lumbung.local_stripe import LocalStripe
from lumbung.local_stripe.errors import Refused
from tests.lumbung.local_stripe.buying import PRICE, paid_charge


def _sum(double: LocalStripe) -> int:
    return sum(int(one["net"]) for one in double.balance_transactions())


def _whole_balance(api: Any) -> int:
    balance = api.balance.retrieve()
    return int(balance.available[0].amount + balance.pending[0].amount)


def test_the_balance_is_the_sum_of_all_movements(double: LocalStripe, api: Any) -> None:
    double.set_fees(percent=2.5, fixed=0, tax_percent=11)
    won, lost, kept = (paid_charge(api, double, amount=20 * PRICE) for _ in range(3))
    fee = kept.amount * 25 // 1000
    expanded = api.charges.retrieve(kept.id, {"expand": ["balance_transaction"]}).balance_transaction
    assert [(part.type, part.amount) for part in expanded.fee_details] == [
        ("stripe_fee", fee),
        ("tax", round(fee * 0.11)),
    ]
    refund = double.refund(kept.id, amount=PRICE)
    assert refund["metadata"] == {}
    double.fail_refund(refund["id"])
    assert api.charges.retrieve(kept.id).amount_refunded == 0
    assert len(double.events("refund.failed")) == 1
    for charge, wins in ((won, True), (lost, False)):
        dispute = double.dispute(charge.id)
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            api.refunds.create({"charge": charge.id})
        assert refusal.value.code == "charge_disputed"
        double.close_dispute(dispute["id"], won=wins)
        told = api.disputes.list({"charge": charge.id}).data[0]
        assert [one.amount for one in told.balance_transactions] == [-charge.amount, charge.amount][: 1 + wins]
    double.book("adjustment", -12_345, description="Koreksi")
    double.book("stripe_fee", -50_050)
    kinds = [one["type"] for one in double.balance_transactions()]
    assert kinds == [
        *["charge"] * 3,
        *["refund", "refund_failure"],
        *["adjustment"] * 3,
        *["adjustment", "stripe_fee"],
    ]
    expected = 2 * 20 * PRICE - 3 * (fee + round(fee * 0.11)) - 2 * 15_000_000 - 12_345 - 50_050
    assert _sum(double) == _whole_balance(api) == expected
    assert [event["type"] for event in double.events() if "dispute" in event["type"]] == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.funds_reinstated",
        "charge.dispute.updated",
        "charge.dispute.closed",
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.updated",
        "charge.dispute.closed",
    ]


def test_a_payout_takes_what_is_available(double: LocalStripe, api: Any) -> None:
    for _ in range(3):
        paid_charge(api, double)
    with pytest.raises(Refused, match="insufficient"):
        double.payout()
    double.advance(days=7)
    paid_charge(api, double)
    payout = double.payout()
    assert payout["amount"] == 3 * (PRICE - 645_000)
    paid_out = api.balance_transactions.list({"payout": payout["id"], "limit": 2})
    everything = list(paid_out.auto_paging_iter())
    assert (paid_out.has_more, len(everything), sum(one.net for one in everything)) == (True, 4, 0)
    assert api.balance.retrieve().available[0].amount == 0
    assert api.payouts.retrieve(payout["id"], {"expand": ["balance_transaction"]}).status == "in_transit"
    double.advance(days=3)
    assert api.payouts.list().data[0].status == "paid"
    double.fail_payout(payout["id"])
    assert [event["type"] for event in double.events() if event["type"].startswith("payout")] == [
        "payout.created",
        "payout.paid",
        "payout.failed",
    ]
    assert _sum(double) == _whole_balance(api) == 4 * (PRICE - 645_000)
    with pytest.raises(stripe.InvalidRequestError, match="not manual"):
        api.balance_transactions.list({"payout": double.payout(amount=PRICE)["id"]})
