"""Monthly payments: renewed by the calendar, changed, declined, ended."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import stripe

from lumbung.local_stripe import LocalStripe
from lumbung.local_stripe.clock import add_interval, period_after
from tests.lumbung.local_stripe.buying import PRICE, subscribed


def test_a_subscription_is_invoiced_every_calendar_month(double: LocalStripe, api: Any) -> None:
    subscription = subscribed(api, double)
    item = subscription["items"].data[0]
    assert subscription.status == "active"
    assert item.current_period_end == add_interval(item.current_period_start, interval="month", count=1)
    first = api.invoices.retrieve(subscription.latest_invoice, {"expand": ["payments"]})
    assert (first.status, first.billing_reason, first.amount_paid) == ("paid", "subscription_create", PRICE)
    assert first.parent.subscription_details.subscription == subscription.id
    double.advance(days=95)
    renewed = api.subscriptions.retrieve(subscription.id)["items"].data[0]
    listed = api.invoices.list({"subscription": subscription.id})
    assert [invoice.billing_reason for invoice in listed.data] == ["subscription_cycle"] * 3 + ["subscription_create"]
    assert renewed.current_period_start == add_interval(item.current_period_start, interval="month", count=3)
    # Each happened at its own moment, as if somebody had watched.
    assert listed.data[0].created == renewed.current_period_start
    payments = api.invoice_payments.list({"invoice": listed.data[0].id})
    charge = api.payment_intents.retrieve(payments.data[0].payment.payment_intent).latest_charge
    assert api.charges.retrieve(charge).created == renewed.current_period_start
    assert len(double.events("invoice.paid")) == 4
    assert sum(one["amount"] for one in double.balance_transactions()) == 4 * PRICE
    assert api.customers.retrieve(subscription.customer, {"expand": ["subscriptions"]}).subscriptions.data[0].id


def test_months_end_with_short_months_and_come_back() -> None:
    january = int(datetime(2027, 1, 31, 9, tzinfo=UTC).timestamp())
    ends = [january]
    for _ in range(3):
        ends.append(period_after(ends[-1], anchor=january, interval="month", count=1))
    assert [datetime.fromtimestamp(end, UTC).strftime("%m-%d %H") for end in ends[1:]] == [
        "02-28 09",
        "03-31 09",
        "04-30 09",
    ]


def test_a_declined_renewal_is_tried_three_times_and_then_over(double: LocalStripe, api: Any) -> None:
    subscription = subscribed(api, double, card="4000000000000341")
    double.advance(days=31)
    late = api.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]})
    assert (late.status, late.latest_invoice.status, late.latest_invoice.attempt_count) == ("past_due", "open", 1)
    assert late.latest_invoice.next_payment_attempt > double.now()
    double.advance(days=9)
    over = api.subscriptions.retrieve(subscription.id)
    assert (over.status, over.cancellation_details.reason) == ("canceled", "payment_failed")
    assert len(double.events("invoice.payment_failed")) == 3
    assert len(double.events("customer.subscription.deleted")) == 1
    double.advance(days=60)
    assert len(double.events("invoice.created")) == 2
    assert api.charges.list({"customer": subscription.customer}).data[-1].paid is True


def test_a_subscription_ends_with_its_period(double: LocalStripe, api: Any) -> None:
    subscription = subscribed(api, double)
    ending = api.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    assert (ending.status, ending.cancel_at) == ("active", subscription["items"].data[0].current_period_end)
    back = api.subscriptions.update(subscription.id, {"cancel_at_period_end": False, "metadata": {"a": "b"}})
    assert (back.cancel_at, back.canceled_at) == (None, None)
    api.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    double.advance(days=32)
    ended = api.subscriptions.retrieve(subscription.id)
    assert (ended.status, ended.ended_at) == ("canceled", ending.cancel_at)
    assert len(double.events("invoice.created")) == 1
    assert api.subscriptions.list({"customer": subscription.customer}).data == []
    assert api.subscriptions.list({"customer": subscription.customer, "status": "all"}).data[0].id == subscription.id
    with pytest.raises(stripe.InvalidRequestError, match="No such subscription"):
        api.subscriptions.cancel(subscription.id)


def test_canceling_at_once_stops_renewals(double: LocalStripe, api: Any) -> None:
    subscription = subscribed(api, double)
    assert api.subscriptions.cancel(subscription.id).status == "canceled"
    double.advance(days=70)
    assert len(double.events("invoice.created")) == 1
    with pytest.raises(stripe.InvalidRequestError, match="canceled subscription"):
        api.subscriptions.update(subscription.id, {"cancel_at_period_end": True})


def _changed(api: Any, subscription: Any, amount: int, behaviour: str) -> Any:
    item = subscription["items"].data[0]
    data = {
        "currency": "idr",
        "product": item.price.product,
        "recurring": {"interval": "month"},
        "unit_amount": amount,
    }
    return api.subscriptions.update(
        subscription.id,
        {"items": [{"id": item.id, "price_data": data, "quantity": 1}], "proration_behavior": behaviour},
    )


def test_a_new_price_is_charged_by_the_chosen_proration(double: LocalStripe, api: Any) -> None:
    subscription = subscribed(api, double, amount=4 * PRICE)
    item = subscription["items"].data[0]
    half = (item.current_period_end - item.current_period_start) // 2
    double.advance(seconds=half - 5)
    _changed(api, subscription, 12 * PRICE, "always_invoice")
    invoice = api.invoices.list({"subscription": subscription.id}).data[0]
    assert invoice.billing_reason == "subscription_update"
    # Half a month of the difference, to some seconds.
    assert abs(invoice.amount_paid - 4 * PRICE) < 2000
    assert [line.parent.subscription_item_details.proration for line in invoice.lines.data] == [True, True]
    # Going down is remembered for the next month.
    _changed(api, subscription, 4 * PRICE, "create_prorations")
    assert len(api.invoices.list({"subscription": subscription.id}).data) == 2
    double.advance(days=20)
    renewal = api.invoices.list({"subscription": subscription.id}).data[0]
    assert (renewal.billing_reason, len(renewal.lines.data)) == ("subscription_cycle", 3)
    assert renewal.total < LEAST_OF_RENEWAL
    # And without proration it simply costs something else from the next month on.
    _changed(api, subscription, 8 * PRICE, "none")
    double.advance(days=31)
    assert api.invoices.list({"subscription": subscription.id}).data[0].total == 8 * PRICE


LEAST_OF_RENEWAL = 2000


def test_credit_pays_later_invoices(double: LocalStripe, api: Any) -> None:
    subscription = subscribed(api, double, amount=10 * PRICE)
    _changed(api, subscription, 2 * PRICE, "always_invoice")
    credit = -api.customers.retrieve(subscription.customer).balance
    assert abs(credit - 8 * PRICE) < 2000
    double.advance(days=31)
    renewal = api.invoices.list({"subscription": subscription.id}).data[0]
    assert (renewal.total, renewal.amount_due, renewal.status) == (2 * PRICE, 0, "paid")
    assert api.customers.retrieve(subscription.customer).balance == -(credit - 2 * PRICE)


def test_items_of_others_are_refused(double: LocalStripe, api: Any) -> None:
    mine, another = subscribed(api, double), subscribed(api, double)
    foreign = another["items"].data[0].id
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.subscriptions.update(mine.id, {"items": [{"id": foreign, "quantity": 2}]})
    assert refusal.value.code == "resource_missing"
    assert api.subscription_items.list({"subscription": another.id}).data[0].quantity == 1
    assert api.subscription_items.update(foreign, {"quantity": 3, "proration_behavior": "none"}).quantity == 3
    assert api.subscriptions.retrieve(another.id)["items"].data[0].quantity == 3
