"""The lines of invoices."""

from __future__ import annotations

import secrets

from lumbung.local_stripe.world import Json


def line(
    *,
    amount: int,
    description: str,
    period: tuple[int, int],
    price: Json | None = None,
    quantity: int = 1,
    subscription: Json | None = None,
    item: str | None = None,
    proration: bool = False,
    notes: Json | None = None,
) -> Json:
    """One line of an invoice, of `amount` hundredths, negative for a credit."""
    details = {
        "invoice_item": f"ii_{secrets.token_hex(12)}" if proration else None,
        "proration": proration,
        "proration_details": {"credited_items": None} if proration else None,
        "subscription": subscription and subscription["id"],
        "subscription_item": item,
    }
    return {
        "id": f"il_{secrets.token_hex(12)}",
        "object": "line_item",
        "amount": amount,
        "currency": "idr",
        "description": description,
        "discount_amounts": [],
        "discountable": not proration,
        "discounts": [],
        "invoice": None,
        "livemode": False,
        "metadata": dict(notes or {}),
        "parent": item
        and {"invoice_item_details": None, "subscription_item_details": details, "type": "subscription_item_details"},
        "period": {"start": period[0], "end": period[1]},
        "pretax_credit_amounts": [],
        "pricing": price
        and {
            "price_details": {"price": price["id"], "product": price["product"]},
            "type": "price_details",
            "unit_amount_decimal": price["unit_amount_decimal"],
        },
        "quantity": quantity,
        "subtotal": amount,
        "taxes": [],
    }
