"""The one door to Stripe: the official SDK with a pinned version of its API, timeouts, retries and idempotency keys.

Amounts go in as whole rupiah and come out in hundredths, as Stripe counts them
(https://docs.stripe.com/currencies#minor-units).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import stripe
from flask import current_app
from stripe import StripeClient

from lumbung.money import asking
from lumbung.money.asking import digest
from lumbung.money.errors import MoneyNotReady, StripeRefused
from lumbung.money.portal import CardPages
from lumbung.money.told import (
    CARD_TAKEN,
    Charge,
    Dispute,
    Invoice,
    Payout,
    RefundTold,
    Session,
    Subscription,
    Transaction,
)
from lumbung.settings import Settings

API_VERSION = "2026-10-28.endive"
"""The version that this code was written for; a newer SDK does not change it by itself."""
HUNDREDTHS = 100
CURRENCY = "idr"
_SECONDS = 8.0
_RETRIES = 2
_PAGE = 100


class Gateway:
    """Everything that Lumbung asks of Stripe.

    Every method raises StripeUnreachable when Stripe does not answer or cannot now, StripeRefused when it says no.
    What changes something takes a key: the same key twice does it once.
    """

    def __init__(self, settings: Settings) -> None:
        if settings.stripe_secret_key is None:
            raise MoneyNotReady
        self._client = StripeClient(
            settings.stripe_secret_key,
            stripe_version=API_VERSION,
            base_addresses={"api": settings.stripe_api_base} if settings.stripe_api_base else {},
            max_network_retries=_RETRIES,
            http_client=stripe.RequestsClient(timeout=_SECONDS),
        )
        self._api = self._client.v1
        self._cards = CardPages(self._client)

    def make_customer(self, agreement_id: UUID, *, name: str, email: str) -> str:
        """The id of a new customer, who stands for this agreement alone: that is how its payments are known again."""
        params: Any = {"name": name, "email": email, "metadata": {"agreement": str(agreement_id)}}
        options: Any = {"idempotency_key": f"customer-{agreement_id}-{digest(params)}"}
        made = asking.asked(lambda: self._api.customers.create(params, options))
        return str(made.id)

    def open_checkout(
        self,
        agreement_id: UUID,
        *,
        customer_id: str,
        amount: int,
        monthly: bool,
        description: str,
        language: str,
        success_url: str,
        cancel_url: str,
    ) -> Session:
        """A page of Stripe on which this agreement is paid: once, or now and every month."""
        price: dict[str, Any] = {
            "currency": CURRENCY,
            "unit_amount": amount * HUNDREDTHS,
            "product_data": {"name": description},
        }
        params: dict[str, Any] = {
            "mode": "subscription" if monthly else "payment",
            "customer": customer_id,
            "client_reference_id": str(agreement_id),
            "line_items": [{"price_data": price, "quantity": 1}],
            "success_url": success_url,
            "cancel_url": cancel_url,
            "locale": language,
            "metadata": {"agreement": str(agreement_id)},
        }
        if monthly:
            price["recurring"] = {"interval": "month"}
            params["subscription_data"] = {
                "metadata": {"agreement": str(agreement_id)},
                "description": description,
            }
        else:
            params["payment_intent_data"] = {
                "metadata": {"agreement": str(agreement_id)},
                "description": description,
            }
        # Whoever got no answer may ask again in another language, which Stripe refuses under the same key. A page whose
        # address nobody was told is paid by nobody.
        options: Any = {"idempotency_key": f"checkout-{agreement_id}-{digest(params)}"}
        return Session.of(asking.asked(lambda: self._api.checkout.sessions.create(params, options)))  # type: ignore[arg-type]

    def session(self, session_id: str) -> Session:
        """A Checkout as it stands now."""
        return Session.of(asking.asked(lambda: self._api.checkout.sessions.retrieve(session_id)))

    def close_session(self, session_id: str) -> Session:
        """A Checkout that nobody can pay any more: `expired`, or `complete` when it was paid first."""
        found = self.session(session_id)
        if found.status != "open":
            return found
        try:
            # Without a key of ours: twice is as once, and an answer that failed is not given again for a day.
            return Session.of(asking.asked(lambda: self._api.checkout.sessions.expire(session_id)))
        except StripeRefused:
            # It was paid between the two questions.
            found = self.session(session_id)
            if found.status == "open":
                raise
            return found

    def subscription(self, subscription_id: str) -> Subscription:
        """A subscription as it stands now, with the card that its payer gave last."""
        params: Any = {"expand": ["latest_invoice", "customer"]}
        return Subscription.of(asking.asked(lambda: self._api.subscriptions.retrieve(subscription_id, params)))

    def subscription_of_invoice(self, invoice_id: str) -> str | None:
        """The subscription that an invoice belongs to."""
        invoice = asking.asked(lambda: self._api.invoices.retrieve(invoice_id))
        details = getattr(getattr(invoice, "parent", None), "subscription_details", None)
        found = getattr(details, "subscription", None)
        return None if found is None else str(getattr(found, "id", found))

    def invoices_of(self, subscription_id: str) -> list[Invoice]:
        """The invoices of a subscription, the newest first; at most the last two years of a monthly one."""
        page = asking.asked(lambda: self._api.invoices.list({"subscription": subscription_id, "limit": 24}))
        return [Invoice.of(one) for one in page.data]

    def change_price(self, subscription: Subscription, *, amount: int, description: str, key: str) -> Subscription:
        """Let a subscription cost another amount from its next month on; nothing is charged or given back now."""
        product = asking.asked(
            lambda: self._api.products.create({"name": description}, {"idempotency_key": f"product-{key}"})
        )
        params: Any = {
            "items": [
                {
                    "id": subscription.item_id,
                    "quantity": 1,
                    "price_data": {
                        "currency": CURRENCY,
                        "product": product.id,
                        "unit_amount": amount * HUNDREDTHS,
                        "recurring": {"interval": "month"},
                    },
                }
            ],
            "proration_behavior": "none",
            "expand": ["latest_invoice"],
        }
        return Subscription.of(
            asking.asked(lambda: self._api.subscriptions.update(subscription.id, params, {"idempotency_key": key}))
        )

    def set_ending(self, subscription_id: str, *, ends: bool, key: str) -> Subscription:
        """Let a subscription end with the month that is paid, or go on after all."""
        params: Any = {"cancel_at_period_end": ends, "expand": ["latest_invoice"]}
        return Subscription.of(
            asking.asked(lambda: self._api.subscriptions.update(subscription_id, params, {"idempotency_key": key}))
        )

    def card_page(self, customer_id: str, *, language: str, done_url: str, back_url: str) -> str:
        """The address of Stripe's page on which this customer gives another card."""
        return self._cards.open(customer_id, language=language, done_url=done_url, back_url=back_url)

    def take_card(self, subscription_id: str, card: str) -> None:
        """Let a subscription be charged to this card of its customer from now on, and remember that it was taken."""
        params: Any = {"default_payment_method": card, "metadata": {CARD_TAKEN: card}}
        # Without a key of ours: whoever goes back to a former card within a day would be answered as the first time.
        asking.asked(lambda: self._api.subscriptions.update(subscription_id, params))

    def pay_invoice(self, invoice_id: str, card: str, key: str) -> None:
        """Try to charge an open invoice to this card; one that is paid already is refused."""
        options: Any = {"idempotency_key": key}
        asking.asked(lambda: self._api.invoices.pay(invoice_id, {"payment_method": card}, options))

    def charge(self, charge_id: str) -> Charge:
        """A charge with its balance transaction."""
        return Charge.of(
            asking.asked(lambda: self._api.charges.retrieve(charge_id, {"expand": ["balance_transaction"]}))
        )

    def charge_of_intent(self, intent_id: str) -> str | None:
        """The last charge of a payment intent."""
        found = asking.asked(lambda: self._api.payment_intents.retrieve(intent_id))
        charge = found.latest_charge
        return None if charge is None else str(getattr(charge, "id", charge))

    def refund(self, charge_id: str, *, amount: int, refund_id: UUID) -> RefundTold:
        """Give back a part of a charge. Asked again with the same `refund_id` it is the same refund, also long after
        Stripe has forgotten the key."""
        for known in self.refunds_of(charge_id):
            if known.ours == str(refund_id):
                return known
        params: Any = {
            "charge": charge_id,
            "amount": amount * HUNDREDTHS,
            "metadata": {"refund": str(refund_id)},
            "expand": ["balance_transaction", "failure_balance_transaction"],
        }
        options: Any = {"idempotency_key": f"refund-{refund_id}"}
        return RefundTold.of(asking.asked(lambda: self._api.refunds.create(params, options)))

    def refunds_of(self, charge_id: str) -> list[RefundTold]:
        """All refunds of a charge, with their balance transactions."""
        params: Any = {
            "charge": charge_id,
            "limit": _PAGE,
            "expand": ["data.balance_transaction", "data.failure_balance_transaction"],
        }
        page = asking.asked(lambda: self._api.refunds.list(params))
        return [RefundTold.of(one) for one in asking.asked(lambda: list(page.auto_paging_iter()))]

    def disputes_of(self, charge_id: str) -> list[Dispute]:
        """All disputes of a charge, with their balance transactions."""
        page = asking.asked(lambda: self._api.disputes.list({"charge": charge_id, "limit": _PAGE}))
        return [Dispute.of(one) for one in asking.asked(lambda: list(page.auto_paging_iter()))]

    def charge_of_source(self, source_id: str) -> str | None:
        """The charge that a refund or a dispute belongs to."""
        found: Any = asking.asked(
            lambda: (
                self._api.disputes.retrieve(source_id)
                if source_id.startswith(("dp_", "du_"))
                else self._api.refunds.retrieve(source_id)
            )
        )
        return None if found.charge is None else str(getattr(found.charge, "id", found.charge))

    def payout(self, payout_id: str) -> Payout:
        """A payout to the bank, with its balance transactions."""
        params: Any = {"expand": ["balance_transaction", "failure_balance_transaction"]}
        return Payout.of(asking.asked(lambda: self._api.payouts.retrieve(payout_id, params)))

    def transaction(self, transaction_id: str) -> Transaction:
        """One movement of the balance."""
        return Transaction.of(asking.asked(lambda: self._api.balance_transactions.retrieve(transaction_id)))

    def transactions(self, since: datetime, until: datetime) -> Iterator[Transaction]:
        """All movements of the balance that Stripe made from `since` to before `until`, the newest first."""
        params: Any = {
            "created": {"gte": int(since.timestamp()), "lt": int(until.timestamp())},
            "limit": _PAGE,
        }
        page = asking.asked(lambda: self._api.balance_transactions.list(params))
        yield from (Transaction.of(one) for one in asking.asked(lambda: list(page.auto_paging_iter())))

    def balance(self) -> int:
        """What Stripe holds in rupiah, pending and available, in hundredths."""
        found = asking.asked(self._api.balance.retrieve)
        parts: list[Any] = [*found.available, *found.pending]
        return sum(int(part.amount) for part in parts if part.currency == CURRENCY)


def find_gateway() -> Gateway | None:
    """The gateway of this application, or None without keys."""
    settings: Settings = current_app.lumbung  # type: ignore[attr-defined]
    if settings.stripe_secret_key is None:
        return None
    if "lumbung_gateway" not in current_app.extensions:
        current_app.extensions["lumbung_gateway"] = Gateway(settings)
    gateway: Gateway = current_app.extensions["lumbung_gateway"]
    return gateway


def the_gateway() -> Gateway:
    """The gateway of this application. Raises MoneyNotReady without keys."""
    gateway = find_gateway()
    if gateway is None:
        raise MoneyNotReady
    return gateway
