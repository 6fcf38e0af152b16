"""The customer portal: another card, and what it does and does not change."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

import pytest
import stripe

from lumbung.local_stripe import LocalStripe
from lumbung.local_stripe.errors import Refused
from tests.lumbung.local_stripe.buying import subscribed

FEATURES = {"payment_method_update": {"enabled": True}, "invoice_history": {"enabled": True}}
BACK, DONE = "http://hub.localhost/me", "http://hub.localhost/me/card"
FLOW = {
    "type": "payment_method_update",
    "after_completion": {"type": "redirect", "redirect": {"return_url": DONE}},
}


def configuration(api: Any, **more: Any) -> Any:
    return api.billing_portal.configurations.create({"features": FEATURES, **more})


def portal(api: Any, customer: str, /, **more: Any) -> Any:
    """A session in which the customer gives another card."""
    given = {"customer": customer, "configuration": configuration(api).id, "return_url": BACK, "flow_data": FLOW}
    return api.billing_portal.sessions.create(given | more)


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_args: Any) -> None:
        return None


def browse(address: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
    """Status, text and where it leads, as a browser without JavaScript has them."""
    data = None if form is None else urlencode(form).encode()
    try:
        answer = build_opener(_Stay).open(Request(address, data=data))
    except OSError as error:
        answer = error
    return answer.status, answer.read().decode(), answer.headers.get("Location", "")


def test_a_new_card_is_the_customers_and_nothing_else_changes_by_it(double: LocalStripe, api: Any) -> None:
    subscription = subscribed(api, double, card="4000000000000341")
    double.advance(days=32)
    session = portal(api, subscription.customer, locale="id")
    status, text, _ = browse(session.url)
    assert (status, "Pakai kartu ini" in text, BACK in text) == (200, True, True)
    form = {"number": "4242 4242 4242 4242", "expiry": "12 / 34", "cvc": "123", "name": "Wati"}
    assert browse(session.url, form)[::2] == (303, DONE)
    chosen = api.customers.retrieve(subscription.customer).invoice_settings.default_payment_method
    late = api.subscriptions.retrieve(subscription.id)
    assert chosen.startswith("pm_")
    assert (late.status, late.default_payment_method) == ("past_due", subscription.default_payment_method)
    assert [one["type"] for one in double.events()[-2:]] == ["payment_method.attached", "customer.updated"]
    # It is for one card, and for an hour.
    assert "sudah selesai dipakai" in browse(session.url, form)[1]
    with pytest.raises(Refused):
        double.change_card(session.id)
    later = portal(api, subscription.customer)
    double.advance(seconds=3601)
    assert "sudah selesai dipakai" in browse(later.url)[1]


def test_a_card_that_its_bank_would_not_keep_is_not_taken(double: LocalStripe, api: Any) -> None:
    customer = subscribed(api, double).customer
    session = portal(api, customer, locale="en")
    for number, said in (("4000000000000002", "declined"), ("4111111111111111", "no test card"), ("1", "incorrect")):
        status, text, _ = browse(session.url, {"number": number, "expiry": "12/34", "cvc": "123"})
        assert (status, said in text) == (402, True), number
    assert api.customers.retrieve(customer).invoice_settings.default_payment_method is None


def test_a_subscription_without_a_card_of_its_own_is_charged_to_its_customers(double: LocalStripe, api: Any) -> None:
    subscription = subscribed(api, double, card="4000000000000341")
    double.advance(days=32)
    chosen = double.change_card(portal(api, subscription.customer).id)["invoice_settings"]["default_payment_method"]
    api.subscriptions.update(subscription.id, {"default_payment_method": chosen})
    double.advance(days=4)
    assert api.subscriptions.retrieve(subscription.id).status == "active"


def test_an_open_invoice_is_paid_when_somebody_asks(double: LocalStripe, api: Any) -> None:
    subscription = subscribed(api, double, card="4000000000000341")
    paid = subscription.latest_invoice
    double.advance(days=32)
    late = api.invoices.retrieve(api.subscriptions.retrieve(subscription.id).latest_invoice)
    with pytest.raises(stripe.CardError):
        api.invoices.pay(late.id)
    again = api.invoices.retrieve(late.id)
    assert (again.attempt_count, again.next_payment_attempt) == (late.attempt_count, late.next_payment_attempt)
    other = subscribed(api, double)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.invoices.pay(late.id, {"payment_method": other.default_payment_method})
    assert refusal.value.param == "payment_method"
    chosen = double.change_card(portal(api, subscription.customer).id)["invoice_settings"]["default_payment_method"]
    assert api.invoices.pay(late.id, {"payment_method": chosen}).status == "paid"
    assert api.subscriptions.retrieve(subscription.id).status == "active"
    for done in (late.id, paid):
        with pytest.raises(stripe.InvalidRequestError, match="already paid"):
            api.invoices.pay(done)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.subscriptions.update(subscription.id, {"default_payment_method": other.default_payment_method})
    assert refusal.value.param == "default_payment_method"


def test_configurations_are_listed_and_put_out_of_use(double: LocalStripe, api: Any) -> None:
    made = configuration(api, metadata={"lumbung": "1"}, name="Kartu")
    customer = api.customers.create({"name": "Satu"}).id
    listed = api.billing_portal.configurations.list({"active": True}).data
    assert [(one.id, one.metadata["lumbung"]) for one in listed] == [(made.id, "1")]
    assert api.billing_portal.configurations.update(made.id, {"active": False}).active is False
    assert api.billing_portal.configurations.list({"active": True}).data == []
    with pytest.raises(stripe.InvalidRequestError, match="inactive"):
        portal(api, customer, configuration=made.id)
    assert api.billing_portal.configurations.retrieve(made.id).features.payment_method_update.enabled


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"customer": "cus_of_another"}, "customer"),
        ({"configuration": "bpc_of_another"}, "configuration"),
        ({"return_url": "/me"}, "return_url"),
        ({"flow_data": {"type": "subscription_cancel"}}, "flow_data[type]"),
        ({"flow_data": {"type": "payment_method_update", "after": "x"}}, "flow_data[after]"),
        (
            {"flow_data": {"type": "payment_method_update", "after_completion": {"type": "redirect"}}},
            "flow_data[after_completion][redirect]",
        ),
        ({"locale": "jv"}, "locale"),
    ],
)
def test_a_wrong_session_is_refused(api: Any, wrong: dict[str, Any], param: str) -> None:
    customer = api.customers.create({"name": "Satu"}).id
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        portal(api, customer, **wrong)
    assert refusal.value.param == param


def test_a_portal_that_nobody_has_set_up_is_refused(api: Any) -> None:
    customer = api.customers.create({"name": "Satu"}).id
    with pytest.raises(stripe.InvalidRequestError, match="No configuration provided"):
        api.billing_portal.sessions.create({"customer": customer, "return_url": BACK, "flow_data": FLOW})
    without = api.billing_portal.configurations.create({"features": {"invoice_history": {"enabled": True}}})
    with pytest.raises(stripe.InvalidRequestError, match="disabled"):
        portal(api, customer, configuration=without.id)
    for feature in ("subscription_cancel", "subscription_update"):
        with pytest.raises(stripe.InvalidRequestError, match="cards alone"):
            configuration(api, features={feature: {"enabled": True}})
