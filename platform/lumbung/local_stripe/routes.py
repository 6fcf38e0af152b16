"""The table of all requests that the double answers, with their parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lumbung.local_stripe import (
    balance,
    billing,
    catalogue,
    checkout,
    customers,
    disputes,
    events,
    invoices,
    payments,
    payouts,
    portal,
    refunds,
    subscriptions,
    webhooks,
)
from lumbung.local_stripe.parameters import Fields
from lumbung.local_stripe.world import Json


@dataclass(frozen=True, slots=True)
class Route:
    """One request: `call` is given the world, the parameters and, when the address has one, the id."""

    method: str
    path: str
    call: Callable[..., Json]
    fields: Fields


_NONE: Fields = {}


ROUTES = (
    Route("POST", "/v1/customers", customers.create, customers.CREATE),
    Route("GET", "/v1/customers", customers.list_customers, customers.LIST),
    Route("GET", "/v1/customers/{id}", customers.get, _NONE),
    Route("POST", "/v1/customers/{id}", customers.update, customers.CREATE),
    Route("POST", "/v1/products", catalogue.create_product, catalogue.PRODUCT_CREATE),
    Route("GET", "/v1/products", catalogue.list_products, catalogue.PRODUCT_LIST),
    Route("GET", "/v1/products/{id}", catalogue.get_product, _NONE),
    Route("POST", "/v1/products/{id}", catalogue.update_product, catalogue.PRODUCT_UPDATE),
    Route("POST", "/v1/prices", catalogue.create_price, catalogue.PRICE_CREATE),
    Route("GET", "/v1/prices", catalogue.list_prices, catalogue.PRICE_LIST),
    Route("GET", "/v1/prices/{id}", catalogue.get_price, _NONE),
    Route("POST", "/v1/prices/{id}", catalogue.update_price, catalogue.PRICE_UPDATE),
    Route("POST", "/v1/checkout/sessions", checkout.create, checkout.CREATE),
    Route("GET", "/v1/checkout/sessions", checkout.list_sessions, checkout.LIST),
    Route("GET", "/v1/checkout/sessions/{id}", checkout.get, _NONE),
    Route("POST", "/v1/checkout/sessions/{id}", checkout.update, checkout.UPDATE),
    Route("POST", "/v1/checkout/sessions/{id}/expire", checkout.expire, _NONE),
    Route("GET", "/v1/checkout/sessions/{id}/line_items", checkout.list_lines, checkout.LINE_LIST),
    Route("POST", "/v1/billing_portal/configurations", portal.create_configuration, portal.CONFIGURATION_CREATE),
    Route("GET", "/v1/billing_portal/configurations", portal.list_configurations, portal.CONFIGURATION_LIST),
    Route("GET", "/v1/billing_portal/configurations/{id}", portal.get_configuration, _NONE),
    Route("POST", "/v1/billing_portal/configurations/{id}", portal.update_configuration, portal.CONFIGURATION_UPDATE),
    Route("POST", "/v1/billing_portal/sessions", portal.create_session, portal.SESSION_CREATE),
    Route("GET", "/v1/payment_intents", payments.list_intents, payments.INTENT_LIST),
    Route("GET", "/v1/payment_intents/{id}", payments.get_intent, _NONE),
    Route("GET", "/v1/charges", payments.list_charges, payments.CHARGE_LIST),
    Route("GET", "/v1/charges/{id}", payments.get_charge, _NONE),
    Route("POST", "/v1/charges/{id}", payments.update_charge, payments.UPDATE),
    Route("POST", "/v1/refunds", refunds.create, refunds.CREATE),
    Route("GET", "/v1/refunds", refunds.list_refunds, refunds.LIST),
    Route("GET", "/v1/refunds/{id}", refunds.get, _NONE),
    Route("POST", "/v1/refunds/{id}", refunds.update, refunds.UPDATE),
    Route("GET", "/v1/subscriptions", subscriptions.list_subscriptions, subscriptions.LIST),
    Route("GET", "/v1/subscriptions/{id}", subscriptions.get, _NONE),
    Route("POST", "/v1/subscriptions/{id}", subscriptions.update, subscriptions.UPDATE),
    Route("DELETE", "/v1/subscriptions/{id}", subscriptions.cancel, subscriptions.CANCEL),
    Route("GET", "/v1/subscription_items", subscriptions.list_items, subscriptions.ITEM_LIST),
    Route("GET", "/v1/subscription_items/{id}", subscriptions.get_item, _NONE),
    Route("POST", "/v1/subscription_items/{id}", subscriptions.update_item, subscriptions.ITEM_UPDATE),
    Route("GET", "/v1/invoices", invoices.list_invoices, invoices.LIST),
    Route("GET", "/v1/invoices/{id}", invoices.get, _NONE),
    Route("POST", "/v1/invoices/{id}/pay", billing.pay_now, billing.PAY),
    Route("GET", "/v1/invoice_payments", invoices.list_payments, invoices.PAYMENT_LIST),
    Route("GET", "/v1/invoice_payments/{id}", invoices.get_payment, _NONE),
    Route("GET", "/v1/balance", balance.get_balance, _NONE),
    Route("GET", "/v1/balance_transactions", balance.list_transactions, balance.LIST),
    Route("GET", "/v1/balance_transactions/{id}", balance.get_transaction, _NONE),
    Route("GET", "/v1/events", events.list_events, events.LIST),
    Route("GET", "/v1/events/{id}", events.get, _NONE),
    Route("GET", "/v1/payouts", payouts.list_payouts, payouts.LIST),
    Route("GET", "/v1/payouts/{id}", payouts.get, _NONE),
    Route("GET", "/v1/disputes", disputes.list_disputes, disputes.LIST),
    Route("GET", "/v1/disputes/{id}", disputes.get, _NONE),
    Route("POST", "/v1/webhook_endpoints", webhooks.create, webhooks.CREATE),
    Route("GET", "/v1/webhook_endpoints", webhooks.list_endpoints, webhooks.LIST),
    Route("GET", "/v1/webhook_endpoints/{id}", webhooks.get, _NONE),
    Route("DELETE", "/v1/webhook_endpoints/{id}", webhooks.delete, _NONE),
)
