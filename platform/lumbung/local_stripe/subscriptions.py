"""Subscriptions: begun by Checkout, changed and ended by request."""

from __future__ import annotations

from lumbung.local_stripe.billing import card_of, end, items_of
from lumbung.local_stripe.errors import Refused
from lumbung.local_stripe.events import emit
from lumbung.local_stripe.expanding import INCLUDED, page
from lumbung.local_stripe.parameters import (
    LISTING,
    Fields,
    Required,
    boolean,
    list_of,
    merge_metadata,
    metadata,
    moment_range,
    nested,
    one_of,
    positive,
    text,
    unsettable,
)
from lumbung.local_stripe.subscription_items import behaviour, change_item, changed_item, checked_item, price_data
from lumbung.local_stripe.world import Json, World

_details = nested(
    comment=unsettable,
    feedback=one_of(
        "customer_service",
        "low_quality",
        "missing_features",
        "other",
        "switched_service",
        "too_complex",
        "too_expensive",
        "unused",
    ),
)


UPDATE: Fields = {
    "items": list_of(changed_item),
    "proration_behavior": behaviour,
    "cancel_at_period_end": boolean,
    "cancellation_details": _details,
    "default_payment_method": text,
    "description": unsettable,
    "metadata": metadata,
}


CANCEL: Fields = {"cancellation_details": _details, "invoice_now": boolean, "prorate": boolean}


LIST: Fields = {
    **LISTING,
    "customer": text,
    "price": text,
    "status": one_of(
        "active",
        "all",
        "canceled",
        "ended",
        "incomplete",
        "incomplete_expired",
        "past_due",
        "paused",
        "trialing",
        "unpaid",
    ),
    "created": moment_range,
}


ITEM_UPDATE: Fields = {
    "price": text,
    "price_data": price_data,
    "quantity": positive,
    "metadata": metadata,
    "proration_behavior": behaviour,
}


ITEM_LIST: Fields = {**LISTING, "subscription": Required(text)}


ENDED = ("canceled", "incomplete_expired")


def update(world: World, params: Json, ident: str) -> Json:
    """POST /v1/subscriptions/:id. Raises `Refused` for one that has ended, and for what is another's."""
    subscription = get(world, params, ident)
    if subscription["status"] in ENDED:
        if set(params) - {"metadata", "cancellation_details"}:
            raise Refused("A canceled subscription can only update its cancellation_details and metadata.")
    elif "items" in params:
        changes = [checked_item(world, subscription, given, number) for number, given in enumerate(params["items"])]
        behaviour = params.get("proration_behavior", "create_prorations")
        for item, price, quantity in changes:
            change_item(world, subscription, item, price=price, quantity=quantity, behaviour=behaviour)
    _change_the_rest(world, subscription, params)
    return subscription


def _change_the_rest(world: World, subscription: Json, params: Json) -> None:
    given: Json = {
        name: params[name] for name in ("default_payment_method", "description", "metadata") if name in params
    }
    if "default_payment_method" in given:
        card_of(world, subscription["customer"], given["default_payment_method"], "default_payment_method")
    if "metadata" in given:
        given["metadata"] = merge_metadata(subscription["metadata"], given["metadata"])
    details: Json = subscription["cancellation_details"] | params.get("cancellation_details", {})
    ending = params.get("cancel_at_period_end", subscription["cancel_at_period_end"])
    if ending != subscription["cancel_at_period_end"]:
        details |= {"reason": "cancellation_requested" if ending else None}
        given |= {
            "cancel_at_period_end": ending,
            "cancel_at": items_of(subscription)[0]["current_period_end"] if ending else None,
            "canceled_at": world.now() if ending else None,
        }
    given["cancellation_details"] = details
    previous = {name: subscription[name] for name, value in given.items() if subscription[name] != value}
    subscription.update(given)
    world.changed()
    if previous:
        emit(world, "customer.subscription.updated", subscription, previous=previous)


def cancel(world: World, params: Json, ident: str) -> Json:
    """DELETE /v1/subscriptions/:id: it ends now."""
    subscription = get(world, params, ident)
    if subscription["status"] in ENDED:
        raise Refused(f"No such subscription: '{ident}'", code="resource_missing", param="id", status=404)
    subscription["cancellation_details"] |= params.get("cancellation_details", {})
    end(world, subscription, reason="cancellation_requested")
    return subscription


def get(world: World, _params: Json, ident: str) -> Json:
    """GET /v1/subscriptions/:id."""
    return world.get("subscription", ident)


def list_subscriptions(world: World, params: Json) -> Json:
    """GET /v1/subscriptions: those that have not ended, unless a status is asked for."""
    world.check_filters(params, "customer", "price")
    wanted = {"customer": params["customer"]} if "customer" in params else {}
    status = params.get("status")
    found = (
        one
        for one in world.where("subscription", **wanted)
        if (status == "all" or one["status"] == status)
        or (status is None and one["status"] not in ENDED)
        or (status == "ended" and one["status"] in ENDED)
    )
    if "price" in params:
        found = (one for one in found if any(item["price"]["id"] == params["price"] for item in items_of(one)))
    return page(world, found, params, path="/v1/subscriptions")


def get_item(world: World, _params: Json, ident: str) -> Json:
    """GET /v1/subscription_items/:id."""
    return world.get("subscription_item", ident)


def update_item(world: World, params: Json, ident: str) -> Json:
    """POST /v1/subscription_items/:id."""
    item = world.get("subscription_item", ident)
    subscription = world.get("subscription", item["subscription"])
    given = {name: params[name] for name in ("price", "price_data", "quantity") if name in params}
    update(
        world,
        {"items": [given | {"id": ident}]} | {name: params[name] for name in ("proration_behavior",) if name in params},
        subscription["id"],
    )
    if "metadata" in params:
        item["metadata"] = merge_metadata(item["metadata"], params["metadata"])
        world.changed()
    return item


def list_items(world: World, params: Json) -> Json:
    """GET /v1/subscription_items."""
    subscription = world.named("subscription", params["subscription"], "subscription")
    return page(
        world,
        world.where("subscription_item", subscription=subscription["id"]),
        params,
        path="/v1/subscription_items",
    )


def _subscriptions_of(world: World, customer: Json) -> Json:
    path = f"/v1/customers/{customer['id']}/subscriptions"
    return list_subscriptions(world, {"customer": customer["id"]}) | {"url": path}


INCLUDED["customer", "subscriptions"] = _subscriptions_of
