"""Invoices of subscriptions and of one-time payments, and the payments on them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from lumbung.local_stripe.events import emit
from lumbung.local_stripe.expanding import INCLUDED, page
from lumbung.local_stripe.parameters import LISTING, Fields, moment_range, nested, one_of, text
from lumbung.local_stripe.payments import confirm, make_intent
from lumbung.local_stripe.world import LEAST_AMOUNT, Json, World, public

LIST: Fields = {
    **LISTING,
    "customer": text,
    "subscription": text,
    "status": one_of("draft", "open", "paid", "uncollectible", "void"),
    "created": moment_range,
}
PAYMENT_LIST: Fields = {
    **LISTING,
    "invoice": text,
    "payment": nested(type=one_of("payment_intent"), payment_intent=text),
    "status": one_of("canceled", "open", "paid"),
    "created": moment_range,
}


def make(
    world: World,
    *,
    customer: Json,
    lines: Sequence[Json],
    reason: str,
    subscription: Json | None = None,
    period: tuple[int, int] | None = None,
    description: str | None = None,
    notes: Json | None = None,
) -> Json:
    """A finalized invoice. What the customer is owed lowers it; what is too little to charge waits for the next."""
    total = sum(one["amount"] for one in lines)
    start = customer["balance"]
    due = max(0, total + start)
    if due < LEAST_AMOUNT and total + start != 0 and reason != "manual":
        due, end = 0, total + start
    else:
        end = min(0, total + start)
    ident = f"in_{secrets.token_hex(12)}"
    for one in lines:
        one["invoice"] = ident
    now = world.now()
    period = period or (now, now)
    number = f"{customer['invoice_prefix']}-{customer['next_invoice_sequence']:04d}"
    customer["next_invoice_sequence"] += 1
    path = f"/v1/invoices/{ident}/lines"
    invoice = world.add(
        "invoice",
        {
            "account_country": "ID",
            "account_name": "Stripe tiruan",
            "account_tax_ids": None,
            "amount_due": due,
            "amount_overpaid": 0,
            "amount_paid": 0,
            "amount_remaining": due,
            "amount_shipping": 0,
            "application": None,
            "attempt_count": 0,
            "attempted": False,
            "auto_advance": True,
            "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None, "status": None},
            "automatically_finalizes_at": None,
            "billing_reason": reason,
            "collection_method": "charge_automatically",
            "currency": "idr",
            "custom_fields": None,
            "customer": customer["id"],
            "customer_address": customer["address"],
            "customer_email": customer["email"],
            "customer_name": customer["name"],
            "customer_phone": customer["phone"],
            "customer_shipping": None,
            "customer_tax_exempt": customer["tax_exempt"],
            "customer_tax_ids": [],
            "default_payment_method": None,
            "default_source": None,
            "default_tax_rates": [],
            "description": description,
            "discounts": [],
            "due_date": None,
            "effective_at": now,
            "ending_balance": None,
            "footer": None,
            "from_invoice": None,
            "hosted_invoice_url": None,
            "invoice_pdf": None,
            "issuer": {"type": "self"},
            "last_finalization_error": None,
            "latest_revision": None,
            "lines": {"object": "list", "data": list(lines), "has_more": False, "url": path},
            "metadata": dict(notes or {}),
            "next_payment_attempt": now,
            "number": None,
            "on_behalf_of": None,
            "parent": subscription
            and {
                "quote_details": None,
                "subscription_details": {
                    "metadata": dict(subscription["metadata"]),
                    "subscription": subscription["id"],
                },
                "type": "subscription_details",
            },
            "payment_settings": {
                "default_mandate": None,
                "payment_method_options": None,
                "payment_method_types": ["card"],
            },
            "period_end": period[1],
            "period_start": period[0],
            "post_payment_credit_notes_amount": 0,
            "pre_payment_credit_notes_amount": 0,
            "receipt_number": None,
            "rendering": None,
            "shipping_cost": None,
            "shipping_details": None,
            "starting_balance": start,
            "statement_descriptor": None,
            "status": "draft",
            "status_transitions": {
                "finalized_at": None,
                "marked_uncollectible_at": None,
                "paid_at": None,
                "voided_at": None,
            },
            "subtotal": total,
            "subtotal_excluding_tax": total,
            "test_clock": None,
            "total": total,
            "total_discount_amounts": [],
            "total_excluding_tax": total,
            "total_pretax_credit_amounts": [],
            "total_taxes": [],
            "webhooks_delivered_at": now,
            "_subscription": subscription and subscription["id"],
        },
        ident=ident,
    )
    emit(world, "invoice.created", invoice)
    page_url = f"{world.public_base}/invoices/{ident}"
    invoice |= {
        "status": "open",
        "number": number,
        "ending_balance": end,
        "hosted_invoice_url": page_url,
        "invoice_pdf": f"{page_url}/pdf",
    }
    invoice["status_transitions"]["finalized_at"] = now
    customer["balance"] = end
    emit(world, "invoice.finalized", invoice)
    return invoice


def pay(
    world: World, invoice: Json, method: Json | None, *, intent: Json | None = None, decline_code: str | None = None
) -> bool:
    """Try to charge what is due; an invoice of nothing is paid at once. False when the bank refuses.

    `intent` is a payment intent that waits already, as Checkout has one.
    """
    invoice |= {"attempted": True, "attempt_count": invoice["attempt_count"] + (1 if invoice["amount_due"] else 0)}
    if invoice["amount_due"]:
        payment = next(world.where("invoice_payment", invoice=invoice["id"]), None)
        if payment is None:
            intent = intent or make_intent(
                world,
                amount=invoice["amount_due"],
                customer=invoice["customer"],
                description=_payment_description(invoice),
            )
            payment = _make_payment(world, invoice, intent)
        intent = world.get("payment_intent", payment["payment"]["payment_intent"])
        if method is None or not confirm(world, intent, method, decline_code=decline_code):
            emit(world, "invoice.payment_failed", invoice)
            return False
        payment |= {"status": "paid", "amount_paid": payment["amount_requested"]}
        payment["status_transitions"]["paid_at"] = world.now()
        emit(world, "invoice_payment.paid", payment)
    now = world.now()
    invoice |= {
        "status": "paid",
        "amount_paid": invoice["amount_due"],
        "amount_remaining": 0,
        "auto_advance": False,
        "next_payment_attempt": None,
    }
    invoice["status_transitions"]["paid_at"] = now
    world.changed()
    emit(world, "invoice.paid", invoice)
    emit(world, "invoice.payment_succeeded", invoice)
    return True


def _payment_description(invoice: Json) -> str:
    return {
        "subscription_create": "Subscription creation",
        "subscription_update": "Subscription update",
        "manual": "Payment for Invoice",
    }.get(invoice["billing_reason"], "Subscription update")


def _make_payment(world: World, invoice: Json, intent: Json) -> Json:
    return world.add(
        "invoice_payment",
        {
            "amount_paid": None,
            "amount_requested": invoice["amount_due"],
            "currency": "idr",
            "invoice": invoice["id"],
            "is_default": True,
            "payment": {"payment_intent": intent["id"], "type": "payment_intent"},
            "status": "open",
            "status_transitions": {"canceled_at": None, "paid_at": None},
        },
    )


def get(world: World, _params: Json, ident: str) -> Json:
    """GET /v1/invoices/:id."""
    return world.get("invoice", ident)


def list_invoices(world: World, params: Json) -> Json:
    """GET /v1/invoices."""
    world.check_filters(params, "customer", "subscription")
    wanted: Json = {name: params[name] for name in ("customer", "status") if name in params}
    if "subscription" in params:
        wanted["_subscription"] = params["subscription"]
    return page(world, world.where("invoice", **wanted), params, path="/v1/invoices")


def get_payment(world: World, _params: Json, ident: str) -> Json:
    """GET /v1/invoice_payments/:id."""
    return world.get("invoice_payment", ident)


def list_payments(world: World, params: Json) -> Json:
    """GET /v1/invoice_payments."""
    world.check_filters(params, "invoice")
    wanted = {name: params[name] for name in ("invoice", "status") if name in params}
    intent = params.get("payment", {}).get("payment_intent")
    found = (
        one for one in world.where("invoice_payment", **wanted) if intent in (None, one["payment"]["payment_intent"])
    )
    return page(world, found, params, path="/v1/invoice_payments")


def _payments_of(world: World, invoice: Json) -> Json:
    path = f"/v1/invoices/{invoice['id']}/payments"
    shown = page(world, world.where("invoice_payment", invoice=invoice["id"]), {}, path=path)
    return shown | {"data": [public(one) for one in shown["data"]]}


INCLUDED["invoice", "payments"] = _payments_of
