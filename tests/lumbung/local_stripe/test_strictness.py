"""What the double refuses, in Stripe's words and with its status."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import stripe

from lumbung.local_stripe import LocalStripe
from lumbung.local_stripe.parameters import Required, list_of, nested
from lumbung.local_stripe.routes import ROUTES
from tests.lumbung.local_stripe.buying import PRICE, checkout, paid_charge
from tests.lumbung.local_stripe.conftest import client_of

LINE = {
    "quantity": 1,
    "price_data": {"currency": "idr", "unit_amount": PRICE, "product_data": {"name": "Dukungan"}},
}
SESSION = {"mode": "payment", "line_items": [LINE], "success_url": "http://hub.localhost/"}


def _line(**price: Any) -> dict[str, Any]:
    return {**SESSION, "line_items": [LINE | {"price_data": LINE["price_data"] | price}]}  # type: ignore[operator]


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        (SESSION | {"sucess_url": "http://x/"}, "parameter_unknown", "sucess_url"),
        (_line(unit_price=5), "parameter_unknown", "line_items[0][price_data][unit_price]"),
        ({"mode": "payment", "line_items": [LINE]}, "parameter_missing", "success_url"),
        (SESSION | {"line_items": []}, "parameter_missing", "line_items"),
        (_line(unit_amount=-PRICE), "parameter_invalid_integer", "line_items[0][price_data][unit_amount]"),
        (_line(unit_amount=50_000.5), "parameter_invalid_integer", "line_items[0][price_data][unit_amount]"),
        (_line(unit_amount=50_000), "amount_too_small", "line_items"),
        (_line(unit_amount=10**12), "amount_too_large", "line_items[0][price_data][unit_amount]"),
        (SESSION | {"line_items": [LINE | {"quantity": 200_000}]}, "amount_too_large", "line_items"),
        (_line(recurring={"interval": "month"}), None, "line_items[0]"),
        (_line(currency="usd"), None, "line_items[0][price_data][currency]"),
        (SESSION | {"customer": "cus_of_another"}, "resource_missing", "customer"),
        (SESSION | {"success_url": "/kembali"}, "url_invalid", "success_url"),
        (SESSION | {"mode": "donation"}, None, "mode"),
        (SESSION | {"expires_at": 5}, None, "expires_at"),
        (SESSION | {"client_reference_id": ""}, "parameter_invalid_empty", "client_reference_id"),
        (SESSION | {"metadata": {"panjang": "x" * 501}}, None, "metadata[panjang]"),
        (SESSION | {"subscription_data": {"description": "x"}}, None, "subscription_data"),
        (SESSION | {"expand": ["customer.nothing", "nothing"]}, None, "expand"),
    ],
)
def test_a_wrong_checkout_is_refused(api: Any, params: Any, code: str | None, param: str | None) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.checkout.sessions.create(params)
    assert refusal.value.http_status == 400
    assert refusal.value.code == code
    if param is not None:
        assert refusal.value.param == param


def test_a_refund_is_never_more_than_what_is_left(double: LocalStripe, api: Any) -> None:
    charge = paid_charge(api, double)
    for amount in (-1, 0):
        with pytest.raises(stripe.InvalidRequestError, match="greater than or equal to 1"):
            api.refunds.create({"charge": charge.id, "amount": amount})
    first = api.refunds.create(
        {"payment_intent": charge.payment_intent, "amount": 2_000_000, "reason": "duplicate", "metadata": {"a": "1"}}
    )
    assert (first.status, first.charge) == ("succeeded", charge.id)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.refunds.create({"charge": charge.id, "amount": 3_000_001})
    assert refusal.value.code == "amount_too_large"
    expand = ["balance_transaction", "failure_balance_transaction"]
    rest = api.refunds.create({"charge": charge.id, "expand": expand})
    assert (rest.amount, rest.balance_transaction.amount) == (3_000_000, -3_000_000)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.refunds.create({"charge": charge.id, "amount": 1})
    assert refusal.value.code == "charge_already_refunded"
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.refunds.create({"charge": "ch_of_another"})
    assert refusal.value.code == "resource_missing"
    full = api.charges.retrieve(charge.id, {"expand": ["refunds"]})
    assert (full.refunded, full.amount_refunded, len(full.refunds.data)) == (True, PRICE, 2)
    assert [refund.id for refund in api.refunds.list({"charge": charge.id}).data] == [rest.id, first.id]


def test_who_asks_wrongly_hears_so(double: LocalStripe, api: Any) -> None:
    with pytest.raises(stripe.AuthenticationError):
        client_of(double, key="sk_test_another").balance.retrieve()
    with pytest.raises(stripe.InvalidRequestError, match="API version"):
        client_of(double, version="2024-06-20").balance.retrieve()
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.charges.retrieve("ch_of_another")
    assert (refusal.value.http_status, refusal.value.code) == (404, "resource_missing")
    with pytest.raises(stripe.InvalidRequestError, match="Unrecognized request URL"):
        api.coupons.list()
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.charges.list({"limit": 101})
    assert refusal.value.param == "limit"


def test_a_key_does_it_once(double: LocalStripe, api: Any) -> None:
    charge = paid_charge(api, double)
    once = {"idempotency_key": "sekali"}
    first = api.refunds.create({"charge": charge.id, "amount": 1_000_000}, once)
    again = api.refunds.create({"charge": charge.id, "amount": 1_000_000}, once)
    assert again.id == first.id
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    with pytest.raises(stripe.IdempotencyError):
        api.refunds.create({"charge": charge.id, "amount": 2_000_000}, once)
    # A refusal of the refund itself is an answer too, and kept; one of its parameters is not.
    for _ in range(2):
        with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded") as refusal:
            api.refunds.create({"charge": charge.id, "amount": 9_000_000}, {"idempotency_key": "lebih"})
    assert (refusal.value.headers or {})["Idempotent-Replayed"] == "true"
    with pytest.raises(stripe.InvalidRequestError):
        api.refunds.create({"charge": charge.id, "amount": "satu"}, {"idempotency_key": "salah"})
    assert api.refunds.create({"charge": charge.id, "amount": 500_000}, {"idempotency_key": "salah"}).amount == 500_000
    double.advance(days=1, seconds=1)
    assert api.refunds.create({"charge": charge.id, "amount": 1_000_000}, once).id != first.id


def test_a_lost_answer_is_found_again_and_an_error_did_nothing(double: LocalStripe, api: Any) -> None:
    charge = paid_charge(api, double)
    double.fail_next("lost", method="POST", path="/v1/refunds")
    with pytest.raises(stripe.APIConnectionError):
        api.refunds.create({"charge": charge.id, "amount": 1_000_000}, {"idempotency_key": "hilang"})
    assert len(double.objects("refund")) == 1
    assert api.refunds.create({"charge": charge.id, "amount": 1_000_000}, {"idempotency_key": "hilang"}).charge
    double.fail_next("error", times=2)
    with pytest.raises(stripe.APIError):
        api.refunds.create({"charge": charge.id, "amount": 1_000_000}, {"idempotency_key": "rusak"})
    # The SDK tries again by itself.
    client_of(double, retries=2).refunds.create({"charge": charge.id, "amount": 1_000_000})
    assert len(double.objects("refund")) == 2


def test_a_second_request_during_the_first_is_a_conflict(double: LocalStripe) -> None:
    double.fail_next("slow", seconds=0.3)

    def create() -> int:
        try:
            client_of(double).customers.create({"name": "Satu"}, {"idempotency_key": "serentak"})
        except stripe.StripeError as refusal:
            return refusal.http_status or 0
        return 200

    with ThreadPoolExecutor(2) as pool:
        answers = [pool.submit(create) for _ in range(2)]
    assert sorted(answer.result() for answer in answers) == [200, 409]
    assert len(double.objects("customer")) == 1


def _names(module: Any, name: str) -> dict[str, Any]:
    return dict(getattr(module, name).__annotations__)


def _known(reader: Any) -> Any:
    return reader.reader if isinstance(reader, Required) else reader


@pytest.mark.parametrize(
    ("path", "method", "params"),
    [
        ("/v1/checkout/sessions", "POST", "checkout.SessionCreateParams"),
        ("/v1/checkout/sessions", "GET", "checkout.SessionListParams"),
        ("/v1/billing_portal/configurations", "POST", "billing_portal.ConfigurationCreateParams"),
        ("/v1/billing_portal/configurations", "GET", "billing_portal.ConfigurationListParams"),
        ("/v1/billing_portal/configurations/{id}", "POST", "billing_portal.ConfigurationUpdateParams"),
        ("/v1/billing_portal/sessions", "POST", "billing_portal.SessionCreateParams"),
        ("/v1/customers", "POST", "CustomerCreateParams"),
        ("/v1/customers", "GET", "CustomerListParams"),
        ("/v1/products", "POST", "ProductCreateParams"),
        ("/v1/prices", "POST", "PriceCreateParams"),
        ("/v1/prices", "GET", "PriceListParams"),
        ("/v1/charges", "GET", "ChargeListParams"),
        ("/v1/refunds", "POST", "RefundCreateParams"),
        ("/v1/refunds", "GET", "RefundListParams"),
        ("/v1/subscriptions", "GET", "SubscriptionListParams"),
        ("/v1/subscriptions/{id}", "POST", "SubscriptionUpdateParams"),
        ("/v1/subscriptions/{id}", "DELETE", "SubscriptionCancelParams"),
        ("/v1/subscription_items/{id}", "POST", "SubscriptionItemUpdateParams"),
        ("/v1/invoices", "GET", "InvoiceListParams"),
        ("/v1/invoices/{id}/pay", "POST", "InvoicePayParams"),
        ("/v1/invoice_payments", "GET", "InvoicePaymentListParams"),
        ("/v1/balance_transactions", "GET", "BalanceTransactionListParams"),
        ("/v1/events", "GET", "EventListParams"),
        ("/v1/payouts", "GET", "PayoutListParams"),
        ("/v1/disputes", "GET", "DisputeListParams"),
        ("/v1/webhook_endpoints", "POST", "WebhookEndpointCreateParams"),
    ],
)
def test_no_parameter_is_taken_that_the_official_sdk_does_not_have(path: str, method: str, params: str) -> None:
    (route,) = (route for route in ROUTES if (route.path, route.method) == (path, method))
    space, _, name = params.rpartition(".")
    module = getattr(stripe.params, space) if space else stripe.params
    _compare(module, name, route.fields)


def _compare(module: Any, name: str, fields: Any) -> None:
    assert set(fields) <= set(_names(module, name)), name
    for field, reader in fields.items():
        inner = _known(reader)
        while isinstance(inner, list_of):
            inner = inner.element
        if isinstance(inner, nested):
            words = "".join(word.capitalize() for word in field.split("_"))
            below = next((each for each in (f"{name}{words}", f"{name}{words[:-1]}") if hasattr(module, each)), None)
            assert below is not None, f"{name}.{field}"
            _compare(module, below, inner.fields)


def test_a_checkout_takes_what_the_sdk_sends(api: Any) -> None:
    more = {"custom": "x" * 500}
    assert checkout(api, metadata=more).metadata.to_dict() == more
