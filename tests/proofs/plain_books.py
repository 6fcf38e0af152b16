"""What the books must hold, worked out plainly from what the double of Stripe holds: nothing of Lumbung's own code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lumbung.local_stripe import LocalStripe

Row = tuple[str, str, str, int, str]
"""Source, debit, credit, whole rupiah, and the customer at Stripe (empty when it is nobody's)."""
_INCOME = {"sponsorship": "sponsorship", "plan": "plan"}


@dataclass(frozen=True)
class Truth:
    """Everything that happened at Stripe, as far as money goes; `kinds` says of each customer what the agreement is."""

    rows: frozenset[Row]
    told: frozenset[Row]
    payments: dict[str, int]
    given_back: dict[str, int]
    paid_until: dict[str, int]
    standing: dict[str, str]


def work_out(stripe: LocalStripe, kinds: dict[str, str]) -> Truth:
    """The truth about customers of these kinds. `told` are the rows that some event leads to; Stripe's own fees and
    adjustments come without one."""
    charges = {one["id"]: one for one in stripe.objects("charge")}
    refunds = {one["id"]: one for one in stripe.objects("refund")}
    disputes = {one["id"]: one for one in stripe.objects("dispute")}
    rows, told = set[Row](), set[Row]()
    given_back = dict.fromkeys(charges, 0)
    for moved in stripe.balance_transactions():
        source = str(moved["source"] or "")
        about = refunds.get(source) or disputes.get(source)
        charge_id = source if source in charges else about["charge"] if about else None
        customer = charges[charge_id]["customer"] if charge_id else ""
        other = _INCOME[kinds[customer]] if charge_id else _other_side(moved["type"])
        mine = [(moved["id"], other, moved["amount"]), (moved["id"] + ":fee", "fees", -moved["fee"])]
        for name, account, amount in mine:
            if amount:
                debit, credit = ("stripe", account) if amount > 0 else (account, "stripe")
                row = (name, debit, credit, max(1, int(abs(amount) / 100 + 0.5)), customer)
                rows.add(row)
                if charge_id or moved["type"].startswith("payout"):
                    told.add(row)
        if about:
            assert charge_id is not None
            given_back[charge_id] -= moved["amount"]
    paid = {one["id"]: one["amount"] // 100 for one in charges.values() if one["paid"]}
    return Truth(
        rows=frozenset(rows),
        told=frozenset(told),
        payments=paid,
        given_back={charge_id: back // 100 for charge_id, back in given_back.items() if charge_id in paid},
        paid_until=_paid_until(stripe),
        standing=_standing(stripe, {one["customer"] for one in charges.values() if one["paid"]}),
    )


def _other_side(kind: str) -> str:
    if kind.startswith("payout"):
        return "bank"
    return "fees" if kind == "stripe_fee" else "unattributed"


def _paid_until(stripe: LocalStripe) -> dict[str, int]:
    """By subscription, the end of the last month that somebody paid for, or when it ended before that."""
    until: dict[str, int] = {}
    for invoice in stripe.objects("invoice"):
        subscription = invoice["parent"]["subscription_details"]["subscription"]
        if invoice["status"] == "paid":
            ends = max(line["period"]["end"] for line in invoice["lines"]["data"])
            until[subscription] = max(until.get(subscription, 0), ends)
    for one in stripe.objects("subscription"):
        if one["ended_at"] and one["id"] in until:
            until[one["id"]] = min(until[one["id"]], one["ended_at"])
    return until


def _standing(stripe: LocalStripe, payers: set[str]) -> dict[str, str]:
    """By customer, where the agreement must stand."""
    standing: dict[str, str] = {}
    for checkout in stripe.objects("checkout.session"):
        customer = checkout["customer"]
        if checkout["mode"] == "payment":
            standing[customer] = "paid" if customer in payers else _unpaid(checkout)
        else:
            standing[customer] = _unpaid(checkout)
    names = {"active": "active", "past_due": "late", "unpaid": "late", "canceled": "ended"}
    for one in stripe.objects("subscription"):
        standing[one["customer"]] = names.get(one["status"], standing[one["customer"]])
    return standing


def _unpaid(checkout: dict[str, Any]) -> str:
    return "abandoned" if checkout["status"] == "expired" else "opened"
