"""Disputes: a card's holder takes the money back through the bank."""

from __future__ import annotations

from lumbung.local_stripe.balance import book, fee_part
from lumbung.local_stripe.errors import Refused
from lumbung.local_stripe.events import emit
from lumbung.local_stripe.expanding import page
from lumbung.local_stripe.parameters import LISTING, Fields, moment_range, text
from lumbung.local_stripe.world import Json, World, public

LIST: Fields = {**LISTING, "charge": text, "payment_intent": text, "created": moment_range}
_DUE_SECONDS = 9 * 86_400


def open_dispute(world: World, *, charge: str, amount: int | None = None, reason: str = "fraudulent") -> Json:
    """The bank takes the charge back, all of it or `amount`, and Stripe its fee for that."""
    charged = world.named("charge", charge, "charge")
    if not charged["paid"] or charged["disputed"]:
        raise Refused(f"Charge {charge} cannot be disputed.", param="charge")
    amount = charged["amount"] if amount is None else amount
    if not 0 < amount <= charged["amount"]:
        raise Refused("The amount of a dispute is between 1 and that of its charge.", param="amount")
    dispute = world.add(
        "dispute",
        {
            "amount": amount,
            "balance_transactions": [],
            "charge": charge,
            "currency": "idr",
            "enhanced_eligibility_types": [],
            "evidence": {},
            "evidence_details": {
                "due_by": world.now() + _DUE_SECONDS,
                "enhanced_eligibility": {},
                "has_evidence": False,
                "past_due": False,
                "submission_count": 0,
            },
            "is_charge_refundable": False,
            "metadata": {},
            "payment_intent": charged["payment_intent"],
            "payment_method_details": {
                "card": {"brand": "visa", "case_type": "chargeback", "network_reason_code": "10.4"},
                "type": "card",
            },
            "reason": reason,
            "status": "needs_response",
        },
    )
    charged |= {"disputed": True, "_dispute_open": True}
    emit(world, "charge.dispute.created", dispute)
    emit(world, "charge.updated", charged, previous={"disputed": False})
    _move(world, dispute, -amount, category="dispute", description=f"Chargeback withdrawal for {charge}", fee=True)
    emit(world, "charge.dispute.funds_withdrawn", dispute)
    return dispute


def close(world: World, ident: str, *, won: bool) -> Json:
    """The bank decides: won brings the amount back (not the fee), lost leaves it gone."""
    dispute = world.get("dispute", ident)
    if dispute["status"] in ("won", "lost"):
        raise Refused("This dispute is already closed")
    before = dispute["status"]
    dispute["status"] = "won" if won else "lost"
    charge = world.get("charge", dispute["charge"])
    if won:
        charge["_dispute_open"] = False
        description = f"Chargeback reversal for {charge['id']}"
        _move(world, dispute, dispute["amount"], category="dispute_reversal", description=description, fee=False)
        emit(world, "charge.dispute.funds_reinstated", dispute)
    world.changed()
    emit(world, "charge.dispute.updated", dispute, previous={"status": before})
    emit(world, "charge.dispute.closed", dispute)
    return dispute


def _move(world: World, dispute: Json, amount: int, *, category: str, description: str, fee: bool) -> None:
    fees = [fee_part(world.fees.dispute, "Dispute fee")] if fee and world.fees.dispute else None
    transaction = book(
        world,
        amount=amount,
        kind="adjustment",
        category=category,
        source=dispute["id"],
        description=description,
        fees=fees,
    )
    dispute["balance_transactions"].append(public(transaction))


def get(world: World, _params: Json, ident: str) -> Json:
    """GET /v1/disputes/:id."""
    return world.get("dispute", ident)


def list_disputes(world: World, params: Json) -> Json:
    """GET /v1/disputes."""
    world.check_filters(params, "charge", "payment_intent")
    wanted = {name: params[name] for name in ("charge", "payment_intent") if name in params}
    return page(world, world.where("dispute", **wanted), params, path="/v1/disputes")
