"""Checkout, from the request to the paid session, by the official SDK."""

from __future__ import annotations

import re
from typing import Any

import pytest
import requests
import stripe

from lumbung.local_stripe import LocalStripe
from lumbung.local_stripe.errors import Refused
from tests.lumbung.local_stripe.buying import PRICE, checkout, paid_charge


def test_a_paid_checkout_leaves_a_charge_and_its_fees(double: LocalStripe, api: Any) -> None:
    customer = api.customers.create({"name": "PT Maju", "email": "uang@maju.id", "metadata": {"orang": "7"}})
    made = checkout(
        api,
        customer=customer.id,
        client_reference_id="niat-1",
        metadata={"niat": "1"},
        payment_intent_data={"metadata": {"niat": "1"}, "description": "Dukungan"},
        locale="id",
        submit_type="donate",
        invoice_creation={"enabled": True},
    )
    assert (made.status, made.payment_status, made.amount_total, made.payment_intent) == ("open", "unpaid", PRICE, None)
    assert made.url == f"{double.base}/c/pay/{made.id}"
    double.pay(made.id)
    expand = ["payment_intent.latest_charge.balance_transaction", "line_items", "invoice.payments"]
    session = api.checkout.sessions.retrieve(made.id, {"expand": expand})
    charge = session.payment_intent.latest_charge
    assert (session.status, session.payment_status, session.url) == ("complete", "paid", None)
    assert session.line_items.data[0].price.unit_amount == PRICE
    assert session.payment_intent.metadata.to_dict() == {"niat": "1"}
    assert session.invoice.payments.data[0].payment.payment_intent == session.payment_intent.id
    assert (charge.paid, charge.customer, charge.description, charge.currency) == (True, customer.id, "Dukungan", "idr")
    booked = charge.balance_transaction
    # 2.9 % and Rp 5.000, in hundredths.
    assert (booked.amount, booked.fee, booked.net) == (PRICE, 645_000, PRICE - 645_000)
    assert [(part.type, part.amount) for part in booked.fee_details] == [("stripe_fee", 645_000)]
    assert (booked.source, booked.type, booked.exchange_rate, booked.status) == (charge.id, "charge", None, "pending")
    balance = api.balance.retrieve()
    assert (balance.available[0].amount, balance.pending[0].amount) == (0, PRICE - 645_000)
    double.advance(days=8)
    assert api.balance.retrieve().available[0].amount == PRICE - 645_000


def test_events_hold_the_object_as_it_was(double: LocalStripe, api: Any) -> None:
    session = double.pay(checkout(api).id)
    kinds = [event["type"] for event in double.events()]
    assert kinds == [
        "product.created",
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "charge.updated",
        "checkout.session.completed",
    ]
    succeeded = api.events.retrieve(double.events("charge.succeeded")[0]["id"])
    assert succeeded.data.object.balance_transaction is None
    assert api.charges.retrieve(succeeded.data.object.id).balance_transaction is not None
    listed = api.events.list({"types": ["checkout.session.*"], "delivery_success": True})
    assert [event.data.object.id for event in listed.data] == [session["id"]]
    body, signature = double.signed(listed.data[0].id)
    assert stripe.Webhook.construct_event(body.decode(), signature, double.webhook_secret).livemode is False
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body.decode(), signature, "whsec_another")


def test_the_page_is_paid_without_javascript(double: LocalStripe, api: Any) -> None:
    made = checkout(api)
    page = requests.get(made.url, timeout=5)
    assert page.status_code == 200
    assert "Stripe tiruan untuk peragaan: tidak ada uang sungguhan" in page.text
    assert "Rp\N{NO-BREAK SPACE}50.000" in page.text
    assert "satu kali" in page.text
    assert 'href="http://hub.localhost/batal"' in page.text
    card = {"number": "4000 0000 0000 0002", "expiry": "12 / 34", "cvc": "123", "name": "Ibu Sari"}
    declined = requests.post(made.url, data=card, timeout=5, allow_redirects=False)
    assert declined.status_code == 402
    assert "Kartu ditolak bank" in declined.text
    assert 'value="Ibu Sari"' in declined.text
    assert [event["type"] for event in double.events()][-2:] == ["charge.failed", "payment_intent.payment_failed"]
    paid = requests.post(made.url, data=card | {"number": "4242 4242 4242 4242"}, timeout=5, allow_redirects=False)
    assert paid.status_code == 303
    assert paid.headers["Location"] == f"http://hub.localhost/kembali?sesi={made.id}"
    # Both tries are charges of one payment intent.
    tries = api.charges.list({"payment_intent": api.checkout.sessions.retrieve(made.id).payment_intent})
    assert [charge.status for charge in tries.data] == ["succeeded", "failed"]
    assert "Sudah dibayar" in requests.get(made.url, timeout=5).text
    assert "src=" not in page.text
    assert not re.search(r"<(script|link|img)", page.text)
    receipt = requests.get(tries.data[0].receipt_url, timeout=5)
    assert "Tanda terima" in receipt.text


def test_a_real_card_is_neither_taken_nor_kept(double: LocalStripe, api: Any) -> None:
    made = checkout(api)
    with pytest.raises(Refused, match="non test card"):
        double.pay(made.id, card="4111111111111111")
    assert double.objects("payment_method") == []
    assert double.events("charge.failed") == []


def test_an_unpaid_checkout_expires(double: LocalStripe, api: Any) -> None:
    asked, left = checkout(api), checkout(api, expires_at=double.now() + 3600)
    assert api.checkout.sessions.expire(asked.id).status == "expired"
    double.advance(hours=2)
    assert api.checkout.sessions.retrieve(left.id).status == "expired"
    assert len(double.events("checkout.session.expired")) == 2
    with pytest.raises(Refused, match="expired"):
        double.pay(left.id)
    with pytest.raises(stripe.InvalidRequestError):
        api.checkout.sessions.expire(asked.id)
    assert "kedaluwarsa" in requests.get(f"{double.base}/c/pay/{left.id}", timeout=5).text


def test_lists_go_page_by_page(double: LocalStripe, api: Any) -> None:
    charges = [paid_charge(api, double).id for _ in range(5)]
    first = api.charges.list({"limit": 2, "expand": ["data.balance_transaction"]})
    assert [charge.id for charge in first.data] == charges[:-3:-1]
    assert first.has_more is True
    assert first.data[0].balance_transaction.amount == PRICE
    assert [charge.id for charge in first.auto_paging_iter()] == charges[::-1]
    last = api.charges.list({"limit": 3, "starting_after": charges[3]})
    assert last.has_more is False
    moment = api.charges.retrieve(charges[0]).created
    assert api.charges.list({"created": {"gte": moment + 3600}}).data == []
    assert len(api.balance_transactions.list({"created": {"gte": moment, "lte": moment + 60}, "type": "charge"})) == 5


def test_products_and_prices_are_kept(double: LocalStripe, api: Any) -> None:
    product = api.products.create({"name": "Hosting", "metadata": {"plan": "vendor"}})
    price = api.prices.create(
        {"currency": "idr", "unit_amount": PRICE, "product": product.id, "recurring": {"interval": "month"}}
    )
    assert api.prices.list({"product": product.id, "active": True}).data[0].id == price.id
    assert api.products.retrieve(product.id).name == "Hosting"
    assert api.prices.retrieve(price.id, {"expand": ["product"]}).product.name == "Hosting"
    session = api.checkout.sessions.create(
        {
            "mode": "subscription",
            "line_items": [{"price": price.id, "quantity": 2}],
            "success_url": "http://hub.localhost/",
        }
    )
    assert session.amount_total == 2 * PRICE
    assert api.customers.list({"email": "tiada@contoh.id"}).data == []
