"""What a subscription consists of, and changing it in the middle of a period."""

from __future__ import annotations

from lumbung.local_stripe.billing import charge_now, items_of, plan_of
from lumbung.local_stripe.catalogue import make_price, recurring_in_place
from lumbung.local_stripe.errors import Refused
from lumbung.local_stripe.events import emit
from lumbung.local_stripe.parameters import (
    Required,
    currency,
    metadata,
    nested,
    not_negative,
    one_of,
    positive,
    text,
)
from lumbung.local_stripe.proration import prorated_lines
from lumbung.local_stripe.world import Json, World, check_amount

price_data = nested(
    currency=Required(currency),
    product=Required(text),
    recurring=Required(recurring_in_place),
    unit_amount=Required(not_negative),
    tax_behavior=one_of("exclusive", "inclusive", "unspecified"),
)


changed_item = nested(id=text, price=text, price_data=price_data, quantity=positive, metadata=metadata)


behaviour = one_of("always_invoice", "create_prorations", "none")


def checked_item(world: World, subscription: Json, given: Json, number: int) -> tuple[Json, Json, int]:
    """The item that a change names, its price and number afterwards. Raises `Refused` for what is not possible."""
    param = f"items[{number}]"
    if "id" not in given:
        raise Refused("This test double changes items, it adds none.", param=f"{param}[id]")
    item = next((one for one in items_of(subscription) if one["id"] == given["id"]), None)
    if item is None:
        raise Refused(f"Invalid subscription item ID: {given['id']}", code="resource_missing", param=f"{param}[id]")
    quantity: int = given["quantity"] if "quantity" in given else item["quantity"]
    return item, _new_price(world, given, item, param), quantity


def _new_price(world: World, given: Json, item: Json, param: str) -> Json:
    if "price" in given and "price_data" in given:
        raise Refused("You may only specify one of these parameters: price, price_data.", param=f"{param}[price]")
    if "price" in given:
        price = world.named("price", given["price"], f"{param}[price]")
    elif "price_data" in given:
        amount = given["price_data"]["unit_amount"] * given.get("quantity", item["quantity"])
        check_amount(amount, f"{param}[price_data][unit_amount]")
        price = make_price(world, given["price_data"], param=f"{param}[price_data]", active=False)
    else:
        return dict(item["price"])
    if price["recurring"] is None:
        raise Refused("The price specified is set to `type=one_time`.", param=f"{param}[price]")
    before, after = item["price"]["recurring"], price["recurring"]
    if (before["interval"], before["interval_count"]) != (after["interval"], after["interval_count"]):
        raise Refused("This test double keeps the interval of a subscription.", param=f"{param}[price]")
    return price


def change_item(world: World, subscription: Json, item: Json, *, price: Json, quantity: int, behaviour: str) -> None:
    """Another price or number for an item; what was paid for the rest of the period is counted by `behaviour`."""
    if (price["id"], quantity) == (item["price"]["id"], item["quantity"]):
        return
    previous = {"items": {"object": "list", "data": [dict(one) for one in items_of(subscription)]}}
    lines = [] if behaviour == "none" else prorated_lines(world, subscription, item, price=price, quantity=quantity)
    item |= {"price": price, "plan": plan_of(price), "quantity": quantity}
    subscription["_pending"] = [*subscription["_pending"], *lines]
    emit(world, "customer.subscription.updated", subscription, previous=previous)
    if behaviour == "always_invoice" and subscription["_pending"]:
        charge_now(world, subscription, reason="subscription_update")
