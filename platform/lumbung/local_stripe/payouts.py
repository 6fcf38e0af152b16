"""Payouts: the account's money goes to its bank."""

from __future__ import annotations

from lumbung.local_stripe.balance import available, book
from lumbung.local_stripe.errors import Refused
from lumbung.local_stripe.events import emit
from lumbung.local_stripe.expanding import page
from lumbung.local_stripe.parameters import LISTING, Fields, moment_range, text
from lumbung.local_stripe.world import Json, World

LIST: Fields = {**LISTING, "created": moment_range, "arrival_date": moment_range, "status": text}
_ARRIVAL_SECONDS = 2 * 86_400


def make(world: World, *, amount: int | None = None) -> Json:
    """A payout on its way: of all that is available and was not paid out (automatic), or of `amount` (by hand).

    Raises `Refused` (`balance_insufficient`) when there is not that much.
    """
    ready = available(world)
    held = sum(one["net"] for one in ready)
    automatic = amount is None
    amount = held if amount is None else amount
    if amount <= 0 or amount > held:
        raise Refused(
            f"You have insufficient funds in your Stripe account for this transfer. Available are {held} hundredths; "
            "charges become available later: move the clock.",
            code="balance_insufficient",
        )
    payout = world.add(
        "payout",
        {
            "amount": amount,
            "application_fee": None,
            "application_fee_amount": None,
            "arrival_date": world.now() + _ARRIVAL_SECONDS,
            "automatic": automatic,
            "balance_transaction": None,
            "currency": "idr",
            "description": "STRIPE PAYOUT",
            "destination": "ba_tiruan",
            "failure_balance_transaction": None,
            "failure_code": None,
            "failure_message": None,
            "metadata": {},
            "method": "standard",
            "original_payout": None,
            "reconciliation_status": "completed" if automatic else "not_applicable",
            "reversed_by": None,
            "source_type": "card",
            "statement_descriptor": None,
            "status": "in_transit",
            "trace_id": {"status": "pending", "value": None},
            "type": "bank_account",
        },
    )
    transaction = book(world, amount=-amount, kind="payout", source=payout["id"], description="STRIPE PAYOUT")
    payout["balance_transaction"] = transaction["id"]
    if automatic:
        for one in (*ready, transaction):
            one["_payout"] = one["_payout"] or payout["id"]
    emit(world, "payout.created", payout)
    return payout


def arrive(world: World, ident: str) -> Json:
    """The bank has it."""
    payout = _on_its_way(world, ident)
    payout["status"] = "paid"
    world.changed()
    emit(world, "payout.paid", payout)
    return payout


def fail(world: World, ident: str) -> Json:
    """The bank sends it back."""
    payout = world.get("payout", ident)
    if payout["status"] == "failed":
        raise Refused(f"Payout {ident} has failed already.")
    transaction = book(
        world, amount=payout["amount"], kind="payout_failure", source=payout["id"], description="PAYOUT FAILURE"
    )
    payout |= {
        "status": "failed",
        "failure_balance_transaction": transaction["id"],
        "failure_code": "account_closed",
        "failure_message": "The bank account has been closed",
    }
    emit(world, "payout.failed", payout)
    return payout


def arrivals(world: World) -> list[tuple[int, str]]:
    """When each payout on its way arrives."""
    return [(one["arrival_date"], one["id"]) for one in world.where("payout", status="in_transit")]


def _on_its_way(world: World, ident: str) -> Json:
    payout = world.get("payout", ident)
    if payout["status"] != "in_transit":
        raise Refused(f"Payout {ident} is not on its way: {payout['status']}.")
    return payout


def get(world: World, _params: Json, ident: str) -> Json:
    """GET /v1/payouts/:id."""
    return world.get("payout", ident)


def list_payouts(world: World, params: Json) -> Json:
    """GET /v1/payouts."""
    given = dict(params)
    wanted = {"status": given["status"]} if "status" in given else {}
    arrival = given.pop("arrival_date", {})
    found = (
        one
        for one in world.where("payout", **wanted)
        if arrival.get("gte", 0) <= one["arrival_date"] <= arrival.get("lte", one["arrival_date"])
    )
    return page(world, found, given, path="/v1/payouts")
