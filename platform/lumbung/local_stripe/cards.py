"""Stripe's test cards. localstripe knows which of them are declined, and when."""

from __future__ import annotations

import re
import time
from types import SimpleNamespace
from typing import Any

from lumbung.local_stripe.errors import Refused, card_declined
from lumbung.local_stripe.foundation import UserError, resources
from lumbung.local_stripe.world import Json, World

_GOOD_CARDS = {
    "4242424242424242": "visa",
    "4000056655665556": "visa",
    "5555555555554444": "mastercard",
    "2223003122003222": "mastercard",
    "5200828282828210": "mastercard",
    "3566002020360505": "jcb",
    "6200000000000005": "unionpay",
}
_DECLINES = {
    "4000000000009995": "insufficient_funds",
    "4000000000009987": "lost_card",
    "4000000000009979": "stolen_card",
    "4000000000000069": "expired_card",
    "4000000000000127": "incorrect_cvc",
    "4000000000000119": "processing_error",
    "4242424242424241": "incorrect_number",
}
NO_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
_CENTURY = 100


def read_card(world: World, *, number: str, expiry: str, cvc: str, name: str) -> Json:
    """A payment method for a test card. Raises `Refused` (402) when its bank would not even keep it.

    `expiry` is month and year, as in 12/34. Nothing that is not a test card of Stripe is taken or kept: somebody may
    type a real one.
    """
    digits = re.sub(r"[ -]", "", number)
    month, year = _expiry(expiry)
    made = _localstripe_card(world, digits, month, year, cvc.strip())
    if made._attaching_is_declined():
        raise declined(_DECLINES.get(digits, "generic_decline"))
    if digits not in _GOOD_CARDS and not made._charging_is_declined():
        raise card_declined(
            "Your card was declined. Your request was in test mode, but used a non test card. For a list of valid test "
            "cards, visit: https://stripe.com/docs/testing.",
            decline_code="test_mode_live_card",
        )
    card = made.card | {"brand": _GOOD_CARDS.get(digits, "visa"), "country": "ID"}
    return _keep(world, card, name=name, declined_later=bool(made._charging_is_declined()))


def refused_card(world: World) -> Json:
    """A payment method for a card that its bank refused, so that the failed charge can name one."""
    card = {"brand": "visa", "country": "ID", "exp_month": 12, "exp_year": 2034, "funding": "credit", "last4": "0002"}
    return _keep(world, card, name="", declined_later=True)


def _keep(world: World, card: Json, *, name: str, declined_later: bool) -> Json:
    return world.add(
        "payment_method",
        {
            "billing_details": {"address": NO_ADDRESS, "email": None, "name": name or None, "phone": None},
            "card": card,
            "customer": None,
            "metadata": {},
            "type": "card",
            "_declined_later": declined_later,
        },
    )


def declined(decline_code: str, *, charge: str | None = None) -> Refused:
    """The refusal of a bank."""
    if decline_code in ("expired_card", "incorrect_cvc", "processing_error", "incorrect_number"):
        message = {
            "expired_card": "Your card has expired.",
            "incorrect_cvc": "Your card's security code is incorrect.",
            "processing_error": "An error occurred while processing your card. Try again in a little bit.",
            "incorrect_number": "Your card number is incorrect.",
        }[decline_code]
        return Refused(
            message, status=402, kind="card_error", code=decline_code, validation=False, more={"charge": charge}
        )
    return card_declined("Your card was declined.", decline_code=decline_code, more={"charge": charge})


def _localstripe_card(world: World, digits: str, month: int, year: int, cvc: str) -> Any:
    resources.time = SimpleNamespace(time=world.now)
    try:
        made = resources.PaymentMethod(
            type="card", card={"number": digits, "exp_month": month, "exp_year": year, "cvc": cvc}
        )
    except UserError:
        raise Refused(
            "Your card number is incorrect.", status=402, kind="card_error", code="incorrect_number"
        ) from None
    finally:
        resources.time = time
    # What is kept is kept in the world alone.
    del resources.store[f"payment_method:{made.id}"]
    today = time.gmtime(world.now())
    if (made.card["exp_year"], made.card["exp_month"]) < (today.tm_year, today.tm_mon):
        raise declined("expired_card")
    return made


def _expiry(expiry: str) -> tuple[int, int]:
    found = re.fullmatch(r"\s*([0-9]{1,2})\s*/?\s*([0-9]{2}|[0-9]{4})\s*", expiry)
    if not found:
        raise Refused(
            "Your card's expiration date is invalid.", status=402, kind="card_error", code="invalid_expiry_month"
        )
    year = int(found[2])
    return int(found[1]), year + 2000 if year < _CENTURY else year
