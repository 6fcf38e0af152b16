"""What a subscription charges: its periods, its invoices, and how it ends when nobody pays."""

from __future__ import annotations

from lumbung.local_stripe import cards, invoices
from lumbung.local_stripe.clock import add_interval
from lumbung.local_stripe.errors import Refused
from lumbung.local_stripe.events import emit
from lumbung.local_stripe.invoice_lines import line
from lumbung.local_stripe.parameters import Fields, text
from lumbung.local_stripe.world import Json, World

# When a declined invoice is tried again, counted from the refusal before; after the last one it is over.
RETRY_SECONDS = (3 * 86_400, 5 * 86_400)
PAY: Fields = {"payment_method": text}


def begin(
    world: World,
    *,
    customer: Json,
    prices: list[tuple[Json, int]],
    method: Json,
    description: str | None = None,
    notes: Json | None = None,
) -> Json:
    """A subscription that waits for its first payment. `prices` are recurring ones with their quantities."""
    every = prices[0][0]["recurring"]
    now = world.now()
    end = add_interval(now, interval=every["interval"], count=every["interval_count"])
    subscription = world.add(
        "subscription",
        {
            "application": None,
            "application_fee_percent": None,
            "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
            "billing_cycle_anchor": now,
            "billing_cycle_anchor_config": None,
            "billing_mode": {"flexible": {"proration_discounts": "included"}, "type": "flexible"},
            "billing_schedules": [],
            "billing_thresholds": None,
            "cancel_at": None,
            "cancel_at_period_end": False,
            "canceled_at": None,
            "cancellation_details": {"comment": None, "feedback": None, "reason": None},
            "collection_method": "charge_automatically",
            "currency": "idr",
            "customer": customer["id"],
            "customer_account": None,
            "days_until_due": None,
            "default_payment_method": method["id"],
            "default_source": None,
            "default_tax_rates": [],
            "description": description,
            "discounts": [],
            "ended_at": None,
            "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
            "latest_invoice": None,
            "metadata": dict(notes or {}),
            "next_pending_invoice_item_invoice": None,
            "on_behalf_of": None,
            "pause_collection": None,
            "payment_settings": {
                "payment_method_options": None,
                "payment_method_types": ["card"],
                "save_default_payment_method": "off",
            },
            "pending_invoice_item_interval": None,
            "pending_setup_intent": None,
            "pending_update": None,
            "schedule": None,
            "start_date": now,
            "status": "incomplete",
            "test_clock": None,
            "transfer_data": None,
            "trial_end": None,
            "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
            "trial_start": None,
            "_pending": [],
            "_failed_tries": 0,
        },
    )
    made = [
        world.add(
            "subscription_item",
            {
                "billing_thresholds": None,
                "current_period_end": end,
                "current_period_start": now,
                "discounts": [],
                "metadata": {},
                "plan": plan_of(price),
                "price": price,
                "quantity": quantity,
                "subscription": subscription["id"],
                "tax_rates": [],
            },
        )
        for price, quantity in prices
    ]
    subscription["items"] = {
        "object": "list",
        "data": made,
        "has_more": False,
        "url": f"/v1/subscription_items?subscription={subscription['id']}",
    }
    return subscription


def plan_of(price: Json) -> Json:
    """The older form of a price, which items still carry."""
    every = price["recurring"]
    return {
        "id": price["id"],
        "object": "plan",
        "active": price["active"],
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "billing_scheme": "per_unit",
        "created": price["created"],
        "currency": "idr",
        "interval": every["interval"],
        "interval_count": every["interval_count"],
        "livemode": False,
        "metadata": {},
        "meter": None,
        "nickname": None,
        "product": price["product"],
        "usage_type": "licensed",
    }


def items_of(subscription: Json) -> list[Json]:
    """The items of a subscription."""
    found: list[Json] = subscription["items"]["data"]
    return found


def period_lines(world: World, subscription: Json) -> list[Json]:
    """The lines of an invoice for the present period of a subscription."""
    return [
        line(
            amount=item["price"]["unit_amount"] * item["quantity"],
            description=f"{item['quantity']} × {world.get('product', item['price']['product'])['name']}",
            period=(item["current_period_start"], item["current_period_end"]),
            price=item["price"],
            quantity=item["quantity"],
            subscription=subscription,
            item=item["id"],
            notes=subscription["metadata"],
        )
        for item in items_of(subscription)
    ]


def charge_now(world: World, subscription: Json, *, reason: str) -> None:
    """Invoice what is pending and charge it; a refusal of the bank leaves the subscription past due."""
    customer = world.get("customer", subscription["customer"])
    lines, subscription["_pending"] = subscription["_pending"], []
    invoice = invoices.make(world, customer=customer, lines=lines, reason=reason, subscription=subscription)
    subscription["latest_invoice"] = invoice["id"]
    charge(world, subscription, invoice)


def charge(world: World, subscription: Json, invoice: Json) -> None:
    """Try to charge an invoice: a refusal leaves the subscription past due, and the last one ends it."""
    method = card_of(world, subscription["customer"], _usual_card(world, subscription))
    tries = invoice["attempt_count"]
    invoice["next_payment_attempt"] = world.now() + RETRY_SECONDS[tries] if tries < len(RETRY_SECONDS) else None
    world.next_due = None
    before = subscription["status"]
    if invoices.pay(world, invoice, method, decline_code=_declined(method)):
        _recover(world, subscription, invoice)
    elif invoice["next_payment_attempt"] is None:
        end(world, subscription, reason="payment_failed")
    elif before == "active":
        subscription["status"] = "past_due"
        emit(world, "customer.subscription.updated", subscription, previous={"status": before})


def pay_now(world: World, params: Json, ident: str) -> Json:
    """POST /v1/invoices/:id/pay: try once more, outside of the tries that come by themselves.

    Raises `Refused`: 402 when the bank declines, 400 for an invoice that is not open.
    """
    invoice = world.get("invoice", ident)
    if invoice["status"] != "open":
        raise Refused(
            "Invoice is already paid" if invoice["status"] == "paid" else "This invoice can no longer be paid"
        )
    subscription = world.get("subscription", invoice["_subscription"]) if invoice["_subscription"] else None
    usual = subscription and _usual_card(world, subscription)
    method = card_of(world, invoice["customer"], params.get("payment_method", usual), "payment_method")
    if method is None:
        raise Refused("There is no `default_payment_method` set on this Customer or Invoice.")
    tries, upcoming = invoice["attempt_count"], invoice["next_payment_attempt"]
    if not invoices.pay(world, invoice, method, decline_code=_declined(method)):
        # Only what is tried by itself counts and moves the next try.
        invoice |= {"attempt_count": tries, "next_payment_attempt": upcoming}
        payment = next(world.where("invoice_payment", invoice=ident))
        intent = world.get("payment_intent", payment["payment"]["payment_intent"])
        raise cards.declined("generic_decline", charge=intent["latest_charge"])
    if subscription is not None:
        _recover(world, subscription, invoice)
    return invoice


def card_of(world: World, customer: str, ident: str | None, param: str = "payment_method") -> Json | None:
    """The card `ident` of a customer, None without one. Raises `Refused` when it is not the customer's."""
    if ident is None:
        return None
    found = world.named("payment_method", ident, param)
    if found["customer"] != customer:
        raise Refused(
            f"The customer does not have a payment method with the ID {ident}. The payment method must be attached to "
            "the customer.",
            param=param,
        )
    return found


def _usual_card(world: World, subscription: Json) -> str | None:
    # A subscription's own card goes before its customer's.
    customer = world.get("customer", subscription["customer"])
    found: str | None = subscription["default_payment_method"] or customer["invoice_settings"]["default_payment_method"]
    return found


def _declined(method: Json | None) -> str | None:
    return "generic_decline" if method is not None and method["_declined_later"] else None


def _recover(world: World, subscription: Json, invoice: Json) -> None:
    if subscription["status"] == "past_due" and subscription["latest_invoice"] == invoice["id"]:
        subscription["status"] = "active"
        emit(world, "customer.subscription.updated", subscription, previous={"status": "past_due"})


def end(world: World, subscription: Json, *, reason: str) -> None:
    """The subscription is over; nothing is renewed or tried again."""
    now = world.now()
    subscription |= {
        "status": "canceled",
        "canceled_at": subscription["canceled_at"] or now,
        "ended_at": now,
        "_pending": [],
        "cancellation_details": subscription["cancellation_details"] | {"reason": reason},
    }
    for invoice in world.where("invoice", _subscription=subscription["id"], status="open"):
        invoice |= {"auto_advance": False, "next_payment_attempt": None}
    world.changed()
    emit(world, "customer.subscription.deleted", subscription)
