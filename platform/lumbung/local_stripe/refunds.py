"""Refunds: by request, or as the dashboard makes them."""

from __future__ import annotations

from lumbung.local_stripe.balance import book
from lumbung.local_stripe.errors import Refused, missing_parameter
from lumbung.local_stripe.events import emit
from lumbung.local_stripe.expanding import page
from lumbung.local_stripe.parameters import (
    LISTING,
    Fields,
    merge_metadata,
    metadata,
    moment_range,
    one_of,
    positive,
    text,
)
from lumbung.local_stripe.world import Json, World

CREATE: Fields = {
    "charge": text,
    "payment_intent": text,
    "amount": positive,
    "reason": one_of("duplicate", "fraudulent", "requested_by_customer"),
    "metadata": metadata,
}
UPDATE: Fields = {"metadata": metadata}
LIST: Fields = {**LISTING, "charge": text, "payment_intent": text, "created": moment_range}


def create(world: World, params: Json) -> Json:
    """POST /v1/refunds. Raises `Refused` when more is asked than what is left of the charge."""
    charge = _charge_of(world, params)
    if not charge["paid"]:
        raise Refused(
            f"Charge {charge['id']} has not been paid, so it cannot be refunded.", param="charge", validation=False
        )
    if charge["disputed"] and charge["_dispute_open"]:
        raise Refused(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
            validation=False,
        )
    left = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        raise Refused(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded", validation=False
        )
    amount = params.get("amount", left)
    if amount > left:
        raise Refused(
            f"Refund amount (Rp{amount / 100:,.2f}) is greater than unrefunded amount on charge (Rp{left / 100:,.2f})",
            code="amount_too_large",
            param="amount",
            validation=False,
        )
    return _refund(world, charge, amount, params)


def _charge_of(world: World, params: Json) -> Json:
    if "charge" in params:
        charge = world.named("charge", params["charge"], "charge")
        if params.get("payment_intent", charge["payment_intent"]) != charge["payment_intent"]:
            raise Refused("The charge does not belong to the payment intent.", param="payment_intent")
        return charge
    if "payment_intent" not in params:
        raise missing_parameter("payment_intent")
    intent = world.named("payment_intent", params["payment_intent"], "payment_intent")
    if intent["status"] != "succeeded":
        raise Refused(
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.", param="payment_intent"
        )
    return world.get("charge", intent["latest_charge"])


def _refund(world: World, charge: Json, amount: int, params: Json) -> Json:
    refund = world.add(
        "refund",
        {
            "amount": amount,
            "balance_transaction": None,
            "charge": charge["id"],
            "currency": "idr",
            "destination_details": {
                "card": {
                    "reference_status": "pending",
                    "reference_type": "acquirer_reference_number",
                    "type": "refund",
                },
                "type": "card",
            },
            "metadata": params.get("metadata", {}),
            "payment_intent": charge["payment_intent"],
            "reason": params.get("reason"),
            "receipt_number": None,
            "source_transfer_reversal": None,
            "status": "succeeded",
            "transfer_reversal": None,
        },
    )
    transaction = book(
        world, amount=-amount, kind="refund", source=refund["id"], description=f"REFUND FOR CHARGE {charge['id']}"
    )
    refund["balance_transaction"] = transaction["id"]
    previous = {"amount_refunded": charge["amount_refunded"], "refunded": charge["refunded"]}
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    emit(world, "refund.created", refund)
    emit(world, "charge.refunded", charge, previous=previous)
    # The bank's reference comes later, by an update.
    emit(world, "refund.updated", refund, previous={})
    emit(world, "charge.refund.updated", refund, previous={})
    return refund


def fail(world: World, ident: str) -> Json:
    """The bank sends a refund back: its money returns to the balance, and the charge is unrefunded by that much."""
    refund = world.get("refund", ident)
    if refund["status"] != "succeeded":
        raise Refused(f"Refund {ident} has failed already.")
    transaction = book(
        world,
        amount=refund["amount"],
        kind="refund_failure",
        source=refund["id"],
        description=f"REFUND FAILURE FOR CHARGE {refund['charge']}",
    )
    refund |= {
        "status": "failed",
        "failure_reason": "expired_or_canceled_card",
        "failure_balance_transaction": transaction["id"],
    }
    charge = world.get("charge", refund["charge"])
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    world.changed()
    for kind in ("refund.updated", "refund.failed", "charge.refund.updated"):
        previous = None if kind == "refund.failed" else {"status": "succeeded"}
        emit(world, kind, refund, previous=previous)
    return refund


def update(world: World, params: Json, ident: str) -> Json:
    """POST /v1/refunds/:id."""
    refund = world.get("refund", ident)
    if "metadata" in params:
        previous = {"metadata": refund["metadata"]}
        refund["metadata"] = merge_metadata(refund["metadata"], params["metadata"])
        world.changed()
        emit(world, "refund.updated", refund, previous=previous)
    return refund


def get(world: World, _params: Json, ident: str) -> Json:
    """GET /v1/refunds/:id."""
    return world.get("refund", ident)


def list_refunds(world: World, params: Json) -> Json:
    """GET /v1/refunds."""
    world.check_filters(params, "charge", "payment_intent")
    wanted = {name: params[name] for name in ("charge", "payment_intent") if name in params}
    return page(world, world.where("refund", **wanted), params, path="/v1/refunds")
