"""Every object has the shape that the official SDK describes for its pinned version of the API."""

from __future__ import annotations

import re
from typing import Any

import stripe

from lumbung.local_stripe import API_VERSION, LocalStripe
from tests.lumbung.local_stripe.buying import PRICE, checkout, paid_charge, subscribed
from tests.lumbung.local_stripe.test_portal import configuration, portal

# What the SDK says is always there, and is not: parts that Stripe sends only when they are asked for.
_ONLY_WHEN_ASKED = {"line_items", "payments", "refunds", "subscriptions", "sources", "tax_ids", "data"}


def _every_object(double: LocalStripe, api: Any) -> list[Any]:
    subscription = subscribed(api, double)
    charge = paid_charge(api, double)
    checkout(api, invoice_creation={"enabled": True})
    refund = api.refunds.create({"charge": charge.id, "amount": 1_000_000})
    dispute = double.dispute(paid_charge(api, double).id)
    double.close_dispute(dispute["id"], won=True)
    paid_charge(api, double, amount=100 * PRICE)
    double.advance(days=8)
    double.payout()
    endpoint = api.webhook_endpoints.create({"url": "http://127.0.0.1:9/x", "enabled_events": ["payout.paid"]})
    invoice = api.invoices.retrieve(subscription.latest_invoice)
    return [
        api.balance.retrieve(),
        *_all_within(configuration(api)),
        *_all_within(portal(api, subscription.customer)),
        *api.balance_transactions.list().data,
        *api.charges.list().data,
        *api.checkout.sessions.list().data,
        api.checkout.sessions.list({"expand": ["data.line_items"]}).data[0].line_items.data[0],
        api.customers.retrieve(subscription.customer),
        api.disputes.retrieve(dispute["id"]),
        *api.events.list().data,
        invoice,
        *invoice.lines.data,
        *api.invoice_payments.list().data,
        *api.payment_intents.list().data,
        *api.payouts.list().data,
        *api.prices.list().data,
        *api.products.list().data,
        api.refunds.retrieve(refund.id),
        subscription,
        *subscription["items"].data,
        endpoint,
    ]


def _all_within(found: Any) -> list[Any]:
    inner = (getattr(found, name) for name in found.to_dict(recursive=False))
    described = [one for one in inner if type(one).__module__.startswith("stripe.billing_portal.")]
    return [found, *(deeper for one in described for deeper in _all_within(one))]


def test_objects_have_the_fields_of_the_pinned_version(double: LocalStripe, api: Any) -> None:
    wrong = set()
    for found in _every_object(double, api):
        known = {name: str(kind) for name, kind in type(found).__annotations__.items()}
        fields = set(found.to_dict(recursive=False))
        # A subscription's own `items` would hide a method of dict, so that the SDK does not annotate it everywhere.
        wrong |= {f"{type(found).__name__}.{name} is not known" for name in fields - set(known)}
        always = {name for name, kind in known.items() if not re.search("Optional|NoneType|ClassVar", kind)}
        wrong |= {f"{type(found).__name__}.{name} is missing" for name in always - fields - _ONLY_WHEN_ASKED}
    assert wrong == set()
    assert stripe.api_version == API_VERSION
