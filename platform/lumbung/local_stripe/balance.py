"""What the account holds: balance transactions, with what Stripe keeps of each."""

from __future__ import annotations

from lumbung.local_stripe.errors import Refused
from lumbung.local_stripe.expanding import PRESENT, page
from lumbung.local_stripe.parameters import LISTING, Fields, currency, moment_range, text
from lumbung.local_stripe.world import Json, World

LIST: Fields = {
    **LISTING,
    "created": moment_range,
    "currency": currency,
    "payout": text,
    "source": text,
    "type": text,
}


def book(
    world: World,
    *,
    amount: int,
    kind: str,
    source: str | None,
    category: str | None = None,
    description: str | None = None,
    fees: list[Json] | None = None,
    settles: bool = False,
) -> Json:
    """A new balance transaction of `amount` hundredths, negative when money leaves.

    With `settles` it becomes available later, as charges do.
    """
    fee = sum(part["amount"] for part in fees or [])
    return world.add(
        "balance_transaction",
        {
            "amount": amount,
            "available_on": world.now() + (world.fees.settle_seconds if settles else 0),
            "balance_type": "payments",
            "currency": "idr",
            "description": description,
            "exchange_rate": None,
            "fee": fee,
            "fee_details": fees or [],
            "net": amount - fee,
            "reporting_category": category or kind,
            "source": source,
            "status": "available",
            "type": kind,
            "_payout": None,
        },
    )


def charge_fees(world: World, amount: int) -> list[Json]:
    """What Stripe keeps of a charge of `amount` hundredths, and the tax on it when the rules have one."""
    rules = world.fees
    fee = round(amount * rules.percent / 100) + rules.fixed
    parts = [fee_part(fee, "Stripe processing fees")] if fee else []
    tax = round(fee * rules.tax_percent / 100)
    if tax:
        parts.append(fee_part(tax, "PPN", kind="tax"))
    return parts


def fee_part(amount: int, description: str, *, kind: str = "stripe_fee") -> Json:
    """One line of `fee_details`."""
    return {"amount": amount, "application": None, "currency": "idr", "description": description, "type": kind}


def available(world: World) -> list[Json]:
    """The balance transactions whose money can be paid out or was."""
    now = world.now()
    return [one for one in world.table("balance_transaction").values() if one["available_on"] <= now]


def get_balance(world: World, _params: Json) -> Json:
    """GET /v1/balance."""
    ready = sum(one["net"] for one in available(world))
    total = sum(one["net"] for one in world.table("balance_transaction").values())
    return {
        "object": "balance",
        "available": [_amount(ready)],
        "livemode": False,
        "pending": [_amount(total - ready)],
    }


def _amount(amount: int) -> Json:
    return {"amount": amount, "currency": "idr", "source_types": {"card": amount}}


def get_transaction(world: World, _params: Json, ident: str) -> Json:
    """GET /v1/balance_transactions/:id."""
    return world.get("balance_transaction", ident)


def list_transactions(world: World, params: Json) -> Json:
    """GET /v1/balance_transactions."""
    wanted: Json = {name: params[name] for name in ("type", "source") if name in params}
    if "payout" in params:
        payout = world.named("payout", params["payout"], "payout")
        if not payout["automatic"]:
            raise Refused(
                "Balance transaction history can only be filtered on automatic transfers, not manual.", param="payout"
            )
        wanted["_payout"] = payout["id"]
    return page(world, world.where("balance_transaction", **wanted), params, path="/v1/balance_transactions")


def present_status(world: World, transaction: Json) -> Json:
    """The status that `transaction` has now."""
    return {"status": "available" if transaction["available_on"] <= world.now() else "pending"}


PRESENT["balance_transaction"] = present_status
