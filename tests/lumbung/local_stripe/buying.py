"""Checkouts for tests: Rp 50.000, once or every month."""

from __future__ import annotations

from typing import Any

from lumbung.local_stripe import LocalStripe

PRICE = 5_000_000


def checkout(api: Any, *, amount: int = PRICE, monthly: bool = False, **more: Any) -> Any:
    """A Checkout session for one thing."""
    recurring = {"recurring": {"interval": "month"}} if monthly else {}
    return api.checkout.sessions.create(
        {
            "mode": "subscription" if monthly else "payment",
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": "idr",
                        "unit_amount": amount,
                        "product_data": {"name": "Dukungan bagi SIARAN", "description": "Terima kasih"},
                        **recurring,
                    },
                }
            ],
            "success_url": "http://hub.localhost/kembali?sesi={CHECKOUT_SESSION_ID}",
            "cancel_url": "http://hub.localhost/batal",
            **more,
        }
    )


def paid_charge(api: Any, double: LocalStripe, *, amount: int = PRICE) -> Any:
    """The charge of a Checkout that was paid."""
    session = double.pay(checkout(api, amount=amount).id)
    return api.payment_intents.retrieve(session["payment_intent"], {"expand": ["latest_charge"]}).latest_charge


def subscribed(api: Any, double: LocalStripe, *, amount: int = PRICE, card: str = "4242424242424242") -> Any:
    """A monthly subscription whose first month is paid."""
    session = double.pay(checkout(api, amount=amount, monthly=True).id, card=card)
    return api.subscriptions.retrieve(session["subscription"])
