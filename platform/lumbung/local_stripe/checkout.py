"""Checkout sessions: what somebody is about to pay, once or every month."""

from __future__ import annotations

import secrets
import string

from lumbung.local_stripe.catalogue import make_price, product_data, recurring_in_place
from lumbung.local_stripe.errors import Refused, missing_parameter
from lumbung.local_stripe.events import emit
from lumbung.local_stripe.expanding import INCLUDED, page
from lumbung.local_stripe.parameters import (
    LISTING,
    Fields,
    Required,
    boolean,
    currency,
    integer,
    list_of,
    merge_metadata,
    metadata,
    moment_range,
    nested,
    not_negative,
    one_of,
    positive,
    text,
    url,
)
from lumbung.local_stripe.world import Json, World, check_amount

_price_data = nested(
    currency=Required(currency),
    unit_amount=Required(not_negative),
    product=text,
    product_data=product_data,
    recurring=recurring_in_place,
    tax_behavior=one_of("exclusive", "inclusive", "unspecified"),
)
CREATE: Fields = {
    "mode": Required(one_of("payment", "setup", "subscription")),
    "line_items": Required(list_of(nested(price=text, price_data=_price_data, quantity=positive, metadata=metadata))),
    "success_url": Required(url),
    "cancel_url": url,
    "client_reference_id": text,
    "currency": currency,
    "customer": text,
    "customer_creation": one_of("always", "if_required"),
    "customer_email": text,
    "billing_address_collection": one_of("auto", "required"),
    "expires_at": integer,
    "invoice_creation": nested(
        enabled=Required(boolean), invoice_data=nested(description=text, footer=text, metadata=metadata)
    ),
    "locale": one_of("auto", "en", "en-GB", "id", "ja", "ms", "zh"),
    "metadata": metadata,
    "payment_intent_data": nested(
        description=text,
        metadata=metadata,
        receipt_email=text,
        setup_future_usage=one_of("off_session", "on_session"),
        statement_descriptor=text,
    ),
    "submit_type": one_of("auto", "book", "donate", "pay", "subscribe"),
    "subscription_data": nested(description=text, metadata=metadata),
    "ui_mode": one_of("hosted_page"),
}
UPDATE: Fields = {"metadata": metadata}
LINE_LIST: Fields = {**LISTING}
LIST: Fields = {
    **LISTING,
    "customer": text,
    "payment_intent": text,
    "subscription": text,
    "status": one_of("complete", "expired", "open"),
    "created": moment_range,
}
_SHORTEST_SECONDS, _LONGEST_SECONDS = 30 * 60, 24 * 3600
_MOST_LINES = {"payment": 100, "subscription": 20}
_LONGEST_REFERENCE = 200
_LETTERS = string.ascii_letters + string.digits


def create(world: World, params: Json) -> Json:
    """POST /v1/checkout/sessions."""
    _check_mode(params)
    customer = world.named("customer", params["customer"], "customer") if "customer" in params else None
    expires = _expiry(world, params)
    lines = [_line(world, params["mode"], given, number) for number, given in enumerate(params["line_items"])]
    total = sum(one["amount_total"] for one in lines)
    check_amount(total, "line_items")
    ident = "cs_test_a1" + "".join(secrets.choice(_LETTERS) for _ in range(56))
    once = params["mode"] == "payment"
    invoice_creation = params.get("invoice_creation", {"enabled": False})
    return world.add(
        "checkout.session",
        {
            "adaptive_pricing": {"enabled": False},
            "after_expiration": None,
            "allow_promotion_codes": None,
            "amount_subtotal": total,
            "amount_total": total,
            "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
            "billing_address_collection": params.get("billing_address_collection"),
            "cancel_url": params.get("cancel_url"),
            "client_reference_id": params.get("client_reference_id"),
            "client_secret": None,
            "collected_information": None,
            "consent": None,
            "consent_collection": None,
            "currency": "idr",
            "currency_conversion": None,
            "custom_fields": [],
            "custom_text": {
                "after_submit": None,
                "shipping_address": None,
                "submit": None,
                "terms_of_service_acceptance": None,
            },
            "customer": customer and customer["id"],
            "customer_account": None,
            "customer_creation": params.get("customer_creation", "if_required" if once else "always")
            if customer is None
            else None,
            "customer_details": None,
            "customer_email": params.get("customer_email"),
            "discounts": [],
            "expires_at": expires,
            "invoice": None,
            "invoice_creation": {
                "enabled": invoice_creation["enabled"],
                "invoice_data": {"metadata": {}} | invoice_creation.get("invoice_data", {}),
            }
            if once
            else None,
            "locale": params.get("locale"),
            "metadata": params.get("metadata", {}),
            "mode": params["mode"],
            "origin_context": None,
            "payment_intent": None,
            "payment_link": None,
            "payment_method_collection": "if_required" if once else "always",
            "payment_method_configuration_details": None,
            "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
            "payment_method_types": ["card"],
            "payment_status": "unpaid",
            "permissions": None,
            "phone_number_collection": {"enabled": False},
            "recovered_from": None,
            "saved_payment_method_options": None,
            "setup_intent": None,
            "shipping_address_collection": None,
            "shipping_cost": None,
            "shipping_options": [],
            "status": "open",
            "submit_type": params.get("submit_type"),
            "subscription": None,
            "success_url": params["success_url"],
            "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
            "ui_mode": "hosted_page",
            "url": f"{world.public_base}/c/pay/{ident}",
            "wallet_options": None,
            "_lines": lines,
            "_intent_data": params.get("payment_intent_data", {}),
            "_subscription_data": params.get("subscription_data", {}),
            "_intent": None,
        },
        ident=ident,
    )


def _check_mode(params: Json) -> None:
    mode = params["mode"]
    if mode == "setup":
        raise Refused("This test double has the modes payment and subscription.", param="mode")
    wrong = {
        "payment": ("subscription_data",),
        "subscription": ("payment_intent_data", "invoice_creation", "customer_creation"),
    }[mode]
    for name in wrong:
        if name in params:
            raise Refused(f"You can not pass `{name}` in `{mode}` mode.", param=name)
    if "customer" in params:
        for name in ("customer_email", "customer_creation"):
            if name in params:
                raise Refused(f"You may only specify one of these parameters: customer, {name}.", param=name)
    if not params["line_items"]:
        raise missing_parameter("line_items")
    if len(params["line_items"]) > _MOST_LINES[mode]:
        raise Refused(f"You can have up to {_MOST_LINES[mode]} line items.", param="line_items")
    if len(params.get("client_reference_id", "")) > _LONGEST_REFERENCE:
        raise Refused("Invalid string: must be at most 200 characters", param="client_reference_id")


def _expiry(world: World, params: Json) -> int:
    now = world.now()
    expires: int = params.get("expires_at", now + _LONGEST_SECONDS)
    if not now + _SHORTEST_SECONDS <= expires <= now + _LONGEST_SECONDS:
        late = expires > now + _LONGEST_SECONDS
        raise Refused(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation."
            if late
            else "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.",
            param="expires_at",
        )
    return expires


def _line(world: World, mode: str, given: Json, number: int) -> Json:
    param = f"line_items[{number}]"
    if ("price" in given) == ("price_data" in given):
        raise missing_parameter(f"{param}[price]")
    if "quantity" not in given:
        raise Refused("Quantity is required. Add `quantity` to the line item.", param=f"{param}[quantity]")
    if "price" in given:
        price = world.named("price", given["price"], f"{param}[price]")
        if not price["active"]:
            raise Refused("The price specified is inactive. This field only accepts active prices.", param=param)
        every = price["recurring"]
    else:
        every = given["price_data"].get("recurring")
    if mode == "payment" and every:
        raise Refused(
            "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use "
            "only one-time prices.",
            param=param,
        )
    if mode == "subscription" and not every:
        raise Refused(
            "You must provide at least one recurring price in `subscription` mode when using prices.", param=param
        )
    if "price_data" in given:
        price = make_price(world, given["price_data"], param=f"{param}[price_data]", active=False)
    amount = price["unit_amount"] * given["quantity"]
    product = world.get("product", price["product"])
    return {
        "id": f"li_{secrets.token_hex(12)}",
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": "idr",
        "description": product["name"],
        "price": price,
        "quantity": given["quantity"],
    }


def get(world: World, _params: Json, ident: str) -> Json:
    """GET /v1/checkout/sessions/:id."""
    return world.get("checkout.session", ident)


def update(world: World, params: Json, ident: str) -> Json:
    """POST /v1/checkout/sessions/:id."""
    session = world.get("checkout.session", ident)
    session["metadata"] = merge_metadata(session["metadata"], params.get("metadata", {"": ""}))
    world.changed()
    return session


def expire(world: World, _params: Json, ident: str) -> Json:
    """POST /v1/checkout/sessions/:id/expire, and what the clock does to one that nobody paid."""
    session = world.get("checkout.session", ident)
    if session["status"] != "open":
        raise Refused(
            f'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of '
            f'"{session["status"]}".'
        )
    session |= {"status": "expired", "url": None}
    world.changed()
    emit(world, "checkout.session.expired", session)
    return session


def list_sessions(world: World, params: Json) -> Json:
    """GET /v1/checkout/sessions."""
    wanted = {name: params[name] for name in ("customer", "payment_intent", "subscription", "status") if name in params}
    return page(world, world.where("checkout.session", **wanted), params, path="/v1/checkout/sessions")


def list_lines(world: World, params: Json, ident: str) -> Json:
    """GET /v1/checkout/sessions/:id/line_items."""
    session = world.get("checkout.session", ident)
    return page(world, reversed(session["_lines"]), params, path=f"/v1/checkout/sessions/{ident}/line_items")


INCLUDED["checkout.session", "line_items"] = lambda world, session: list_lines(world, {}, session["id"])
