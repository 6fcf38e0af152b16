"""Another card for a monthly agreement: given on Stripe's page, then charged here and for what is owed already."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from lumbung.audit import record_audit
from lumbung.db.clock import now
from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text, current_language, t
from lumbung.money.agreements import LOOK_SECONDS, RUNNING, lock_agreement
from lumbung.money.asking import somebody_waits
from lumbung.money.errors import CannotChange, StripeRefused
from lumbung.money.gateway import Gateway, the_gateway
from lumbung.money.models import Agreement, Cadence
from lumbung.money.told import Invoice
from lumbung.outbox import Payload, effect_handler, enqueue_effect

_NO_CARD = Text(
    "Kesepakatan ini tidak ditagih ke kartu lagi, jadi tidak ada kartu yang perlu diganti.",
    "This agreement is not charged to a card any more, so there is no card to change.",
)

RefusedHandler = Callable[[AnySession, Agreement, str], None]
"""Told that the bank did not pay what is owed with a new card (its id at Stripe), or asks its holder first."""

_refused: dict[str, RefusedHandler] = {}
_Handler = TypeVar("_Handler", bound=RefusedHandler)


def refused_card_handler(kind: str) -> Callable[[_Handler], _Handler]:
    """Let the decorated function be told of new cards that did not pay, for agreements of `kind`."""

    def register(handler: _Handler) -> _Handler:
        if kind in _refused:
            raise ValueError(f"Refused cards of kind {kind!r} have a handler already.")
        _refused[kind] = handler
        return handler

    return register


def has_card(agreement: Agreement) -> bool:
    """Whether an agreement is charged to a card month by month, and will be again."""
    return (
        agreement.cadence == Cadence.MONTHLY
        and agreement.status in RUNNING
        and not agreement.cancel_at_period_end
        and agreement.stripe_subscription_id is not None
    )


def open_card_page(agreement: Agreement, *, done_url: str, back_url: str) -> str:
    """The address of Stripe's page on which another card is given; it leads to `done_url` when that is done.

    Raises MoneyNotReady, StripeUnreachable, StripeRefused; CannotChange when no card is charged for it any more.
    """
    gateway = the_gateway()
    if not has_card(agreement) or agreement.stripe_customer_id is None:
        raise CannotChange(_NO_CARD)
    with somebody_waits():
        return gateway.card_page(
            agreement.stripe_customer_id, language=current_language(), done_url=done_url, back_url=back_url
        )


def look_for_card(session: AnySession, agreement: Agreement) -> bool:
    """Have the worker ask Stripe for another card, for somebody who comes back from its page; once in a few seconds,
    however often they come. False where no card is charged any more."""
    if not has_card(agreement) or agreement.stripe_customer_id is None:
        return False
    enqueue_effect(
        session,
        "stripe.look",
        {"kind": "customer", "id": agreement.stripe_customer_id},
        dedupe_key=f"card-{agreement.id}-{_moment()}",
    )
    return True


def card_words() -> str:
    """What is said to somebody who comes back from Stripe's page."""
    return t(
        "Stripe sedang ditanya kartu mana yang baru. Bulan-bulan berikutnya dibayar dengan kartu itu; tagihan yang "
        "belum dibayar dicoba dengannya dalam beberapa menit.",
        "Stripe is being asked which card is new. The months to come are paid with it; an invoice that is not paid yet "
        "is tried with it within minutes.",
    )


def open_invoice_page(agreement: Agreement) -> str | None:
    """The address of Stripe's page of the oldest invoice that is not paid, where any card pays it; None without one.

    Raises MoneyNotReady, StripeUnreachable, StripeRefused.
    """
    gateway = the_gateway()
    if agreement.stripe_subscription_id is None:
        return None
    with somebody_waits():
        return next((one.url for one in _open_invoices(gateway, agreement.stripe_subscription_id)), None)


def order_card(session: AnySession, agreement: Agreement, card: str, *, owed: str | None) -> None:
    """Let the worker take the card that the payer gave last, and charge what is owed to it. In effects of their own: no
    news of this agreement waits for them, and a payment that hangs keeps no card from being taken."""
    payload = {"agreement": str(agreement.id), "card": card}
    if owed is not None:
        enqueue_effect(session, "stripe.pay-owed", payload, dedupe_key=f"pay-{owed}-{card}")
    # Once in a few seconds, however often it is seen.
    enqueue_effect(session, "stripe.take-card", payload, dedupe_key=f"take-{card}-{_moment()}")


@effect_handler("stripe.take-card", waits=True)
def _take_card(session: AnySession, payload: Payload) -> None:
    agreement, gateway = lock_agreement(session, UUID(payload["agreement"])), the_gateway()
    if agreement.stripe_subscription_id is None:
        return
    standing = gateway.subscription(agreement.stripe_subscription_id)
    if standing.new_card is None or standing.ended_at is not None:
        # Who looked twice ordered twice.
        return
    gateway.take_card(standing.id, standing.new_card)
    record_audit(session, "agreement.card", subject_type="agreement", subject_id=agreement.id)


@effect_handler("stripe.pay-owed", waits=True)
def _pay_owed(session: AnySession, payload: Payload) -> None:
    agreement, gateway = lock_agreement(session, UUID(payload["agreement"])), the_gateway()
    subscription_id, card = agreement.stripe_subscription_id, payload["card"]
    if subscription_id is None or not has_card(agreement):
        return
    standing = gateway.subscription(subscription_id)
    if standing.card != card or standing.ended_at is not None:
        # Another card was given since, and is tried by its own order.
        return
    # Stripe gives an answer that failed again for a day: the next hour asks anew, and what is paid is not open then.
    hour = int(now().timestamp()) // 3600
    for invoice in _open_invoices(gateway, subscription_id):
        try:
            gateway.pay_invoice(invoice.id, card, f"pay-{invoice.id}-{card}-{hour}")
        except StripeRefused:
            if any(one.id == invoice.id for one in _open_invoices(gateway, subscription_id)):
                _tell_refused(session, agreement, card)
            break
    enqueue_effect(session, "stripe.look", {"kind": "subscription", "id": subscription_id})


def _open_invoices(gateway: Gateway, subscription_id: str) -> list[Invoice]:
    """What is owed for a subscription, the oldest first."""
    return [one for one in reversed(gateway.invoices_of(subscription_id)) if one.status == "open"]


def _tell_refused(session: AnySession, agreement: Agreement, card: str) -> None:
    handler = _refused.get(agreement.kind)
    if handler is not None:
        handler(session, agreement, card)


def _moment() -> int:
    return int(now().timestamp()) // LOOK_SECONDS
