"""What happens by itself when its time comes: renewals, new tries, endings, expired Checkouts, payouts that arrive."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from lumbung.local_stripe import billing, checkout, invoices, payouts
from lumbung.local_stripe.clock import period_after
from lumbung.local_stripe.events import emit
from lumbung.local_stripe.world import Json, World

_NEVER = 2**62

Due = tuple[int, str, Callable[[], object]]


def catch_up(world: World) -> None:
    """Do everything that is due by now, in the order of its time, each at its own moment and once."""
    now = world.now()
    while world.next_due is None or world.next_due <= now:
        first = min(_everything(world), default=None, key=lambda due: due[:2])
        if first is None or first[0] > now:
            world.next_due = first[0] if first else _NEVER
            return
        with world.clock.at(first[0]):
            first[2]()
        world.next_due = None
        world.changed()


def _everything(world: World) -> Iterator[Due]:
    for subscription in world.table("subscription").values():
        if subscription["status"] in ("active", "past_due"):
            yield _of_subscription(world, subscription)
    for invoice in world.where("invoice", status="open"):
        if invoice["next_payment_attempt"] is not None and invoice["_subscription"] is not None:
            yield invoice["next_payment_attempt"], invoice["id"], partial(_try_again, world, invoice)
    for session in world.where("checkout.session", status="open"):
        yield session["expires_at"], session["id"], partial(checkout.expire, world, {}, session["id"])
    for arrival, ident in payouts.arrivals(world):
        yield arrival, ident, partial(payouts.arrive, world, ident)


def _of_subscription(world: World, subscription: Json) -> Due:
    end = billing.items_of(subscription)[0]["current_period_end"]

    def act() -> None:
        if subscription["cancel_at_period_end"]:
            billing.end(world, subscription, reason="cancellation_requested")
        else:
            _renew(world, subscription)

    return end, subscription["id"], act


def _renew(world: World, subscription: Json) -> None:
    items = billing.items_of(subscription)
    every = items[0]["price"]["recurring"]
    start = items[0]["current_period_end"]
    end = period_after(
        start,
        anchor=subscription["billing_cycle_anchor"],
        interval=every["interval"],
        count=every["interval_count"],
    )
    previous = {"items": {"object": "list", "data": [dict(item) for item in items]}}
    for item in items:
        item |= {"current_period_start": start, "current_period_end": end}
    lines = [*subscription["_pending"], *billing.period_lines(world, subscription)]
    subscription["_pending"] = []
    customer = world.get("customer", subscription["customer"])
    invoice = invoices.make(
        world,
        customer=customer,
        lines=lines,
        reason="subscription_cycle",
        subscription=subscription,
        period=(start, end),
        description=subscription["description"],
    )
    previous["latest_invoice"] = subscription["latest_invoice"]
    subscription["latest_invoice"] = invoice["id"]
    emit(world, "customer.subscription.updated", subscription, previous=previous)
    billing.charge(world, subscription, invoice)


def _try_again(world: World, invoice: Json) -> None:
    billing.charge(world, world.get("subscription", invoice["_subscription"]), invoice)
