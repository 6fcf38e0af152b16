"""Payment intents and their charges."""

from __future__ import annotations

import secrets

from lumbung.local_stripe.balance import book, charge_fees
from lumbung.local_stripe.cards import declined
from lumbung.local_stripe.events import emit
from lumbung.local_stripe.expanding import INCLUDED, page
from lumbung.local_stripe.parameters import LISTING, Fields, merge_metadata, metadata, moment_range, text, unsettable
from lumbung.local_stripe.world import Json, World

INTENT_LIST: Fields = {**LISTING, "customer": text, "created": moment_range}
CHARGE_LIST: Fields = {**LISTING, "customer": text, "payment_intent": text, "created": moment_range}
UPDATE: Fields = {"metadata": metadata, "description": unsettable}


def make_intent(
    world: World,
    *,
    amount: int,
    customer: str | None,
    description: str | None = None,
    notes: Json | None = None,
    receipt_email: str | None = None,
    statement_descriptor: str | None = None,
    setup_future_usage: str | None = None,
) -> Json:
    """A payment intent that waits for a card. `notes` become its metadata."""
    ident = f"pi_{secrets.token_hex(12)}"
    intent = world.add(
        "payment_intent",
        {
            "amount": amount,
            "amount_capturable": 0,
            "amount_details": {"tip": {}},
            "amount_received": 0,
            "application": None,
            "application_fee_amount": None,
            "automatic_payment_methods": None,
            "canceled_at": None,
            "cancellation_reason": None,
            "capture_method": "automatic_async",
            "client_secret": f"{ident}_secret_{secrets.token_hex(12)}",
            "confirmation_method": "automatic",
            "currency": "idr",
            "customer": customer,
            "customer_account": None,
            "description": description,
            "last_payment_error": None,
            "latest_charge": None,
            "metadata": dict(notes or {}),
            "next_action": None,
            "on_behalf_of": None,
            "payment_method": None,
            "payment_method_configuration_details": None,
            "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
            "payment_method_types": ["card"],
            "processing": None,
            "receipt_email": receipt_email,
            "review": None,
            "setup_future_usage": setup_future_usage,
            "shipping": None,
            "source": None,
            "statement_descriptor": statement_descriptor,
            "statement_descriptor_suffix": None,
            "status": "requires_payment_method",
            "transfer_data": None,
            "transfer_group": None,
        },
        ident=ident,
    )
    emit(world, "payment_intent.created", intent)
    return intent


def confirm(world: World, intent: Json, method: Json, *, decline_code: str | None = None) -> bool:
    """Charge the card of `method`; False when its bank refuses, for `decline_code`. Either way a charge is kept."""
    intent["payment_method"] = method["id"]
    charge = _make_charge(world, intent, method)
    intent["latest_charge"] = charge["id"]
    if decline_code is not None:
        _fail(world, intent, charge, method, decline_code)
        return False
    charge |= {"status": "succeeded", "paid": True, "captured": True, "amount_captured": charge["amount"]}
    intent |= {"status": "succeeded", "amount_received": intent["amount"], "last_payment_error": None}
    # Stripe says first that the charge succeeded, and with an update what it brought.
    emit(world, "charge.succeeded", charge)
    transaction = book(
        world,
        amount=charge["amount"],
        kind="charge",
        source=charge["id"],
        description=charge["description"],
        fees=charge_fees(world, charge["amount"]),
        settles=True,
    )
    charge["balance_transaction"] = transaction["id"]
    emit(world, "payment_intent.succeeded", intent)
    emit(world, "charge.updated", charge, previous={"balance_transaction": None})
    return True


def _fail(world: World, intent: Json, charge: Json, method: Json, decline_code: str) -> None:
    error = declined(decline_code, charge=charge["id"]).body["error"]
    charge |= {
        "status": "failed",
        "failure_code": error["code"],
        "failure_message": error["message"],
        "outcome": charge["outcome"]
        | {
            "network_status": "declined_by_network",
            "reason": decline_code,
            "seller_message": "The bank did not return any further details with this decline.",
            "type": "issuer_declined",
        },
    }
    intent |= {
        "status": "requires_payment_method",
        "payment_method": None,
        "last_payment_error": error | {"payment_method": {"id": method["id"], "object": "payment_method"}},
    }
    emit(world, "charge.failed", charge)
    emit(world, "payment_intent.payment_failed", intent)


def _make_charge(world: World, intent: Json, method: Json) -> Json:
    ident = f"ch_{secrets.token_hex(12)}"
    card = method["card"]
    return world.add(
        "charge",
        {
            "amount": intent["amount"],
            "amount_captured": 0,
            "amount_refunded": 0,
            "application": None,
            "application_fee": None,
            "application_fee_amount": None,
            "balance_transaction": None,
            "billing_details": method["billing_details"] | {"tax_id": None},
            "calculated_statement_descriptor": "LUMBUNG TIRUAN",
            "captured": False,
            "currency": "idr",
            "customer": intent["customer"],
            "description": intent["description"],
            "disputed": False,
            "_dispute_open": False,
            "failure_balance_transaction": None,
            "failure_code": None,
            "failure_message": None,
            "fraud_details": {},
            "metadata": dict(intent["metadata"]),
            "on_behalf_of": None,
            "outcome": {
                "advice_code": None,
                "network_advice_code": None,
                "network_decline_code": None,
                "network_status": "approved_by_network",
                "reason": None,
                "risk_level": "normal",
                "risk_score": 1,
                "seller_message": "Payment complete.",
                "type": "authorized",
            },
            "paid": False,
            "payment_intent": intent["id"],
            "payment_method": method["id"],
            "payment_method_details": {
                "card": {
                    name: card[name] for name in ("brand", "country", "exp_month", "exp_year", "funding", "last4")
                },
                "type": "card",
            },
            "radar_options": {},
            "receipt_email": intent["receipt_email"],
            "receipt_number": None,
            "receipt_url": f"{world.public_base}/receipts/{ident}",
            "refunded": False,
            "review": None,
            "shipping": None,
            "source": None,
            "source_transfer": None,
            "statement_descriptor": intent["statement_descriptor"],
            "statement_descriptor_suffix": None,
            "status": "pending",
            "transfer_data": None,
            "transfer_group": None,
        },
        ident=ident,
    )


def get_intent(world: World, _params: Json, ident: str) -> Json:
    """GET /v1/payment_intents/:id."""
    return world.get("payment_intent", ident)


def list_intents(world: World, params: Json) -> Json:
    """GET /v1/payment_intents."""
    world.check_filters(params, "customer")
    wanted = {"customer": params["customer"]} if "customer" in params else {}
    return page(world, world.where("payment_intent", **wanted), params, path="/v1/payment_intents")


def update_charge(world: World, params: Json, ident: str) -> Json:
    """POST /v1/charges/:id."""
    charge = world.get("charge", ident)
    given = dict(params)
    if "metadata" in given:
        given["metadata"] = merge_metadata(charge["metadata"], given["metadata"])
    previous = {name: charge[name] for name, value in given.items() if charge[name] != value}
    charge.update(given)
    world.changed()
    if previous:
        emit(world, "charge.updated", charge, previous=previous)
    return charge


def get_charge(world: World, _params: Json, ident: str) -> Json:
    """GET /v1/charges/:id."""
    return world.get("charge", ident)


def list_charges(world: World, params: Json) -> Json:
    """GET /v1/charges."""
    world.check_filters(params, "customer", "payment_intent")
    wanted = {name: params[name] for name in ("customer", "payment_intent") if name in params}
    return page(world, world.where("charge", **wanted), params, path="/v1/charges")


def _refunds_of(world: World, charge: Json) -> Json:
    path = f"/v1/charges/{charge['id']}/refunds"
    return page(world, world.where("refund", charge=charge["id"]), {}, path=path)


INCLUDED["charge", "refunds"] = _refunds_of
