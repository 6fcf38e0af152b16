"""Another card for a monthly agreement: given on Stripe's page, then charged here and for what is owed already."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from lumbung.audit import record_audit
from lumbung.db.clock import now
from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text, current_language, t
from lumbung.money.agreements import LOOK_SECONDS, RUNNING, lock_agreement
from lumbung.money.asking import somebody_waits
from lumbung.money.errors import CannotChange, StripeRefused
from lumbung.money.gateway import the_gateway
from lumbung.money.models import Agreement, Cadence
from lumbung.outbox import Payload, effect_handler, enqueue_effect

_NO_CARD = Text(
    "Kesepakatan ini tidak ditagih ke kartu lagi, jadi tidak ada kartu yang perlu diganti.",
    "This agreement is not charged to a card any more, so there is no card to change.",
)


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
        "Kartu baru sedang dicocokkan dengan Stripe dan ditagih mulai sekarang. Tagihan yang belum dibayar dicoba "
        "dengan kartu itu dalam beberapa menit.",
        "The new card is being taken from Stripe and is charged from now on. An invoice that is not paid yet is tried "
        "with it within minutes.",
    )


def order_card(session: AnySession, agreement: Agreement, card: str) -> None:
    """Let the worker take the card that the payer gave last; in an effect of its own, so that nothing that is told of
    this agreement waits for it, and once in a few seconds, however often it is seen."""
    enqueue_effect(session, "stripe.take-card", {"agreement": str(agreement.id)}, dedupe_key=f"take-{card}-{_moment()}")


@effect_handler("stripe.take-card", waits=True)
def _take_card(session: AnySession, payload: Payload) -> None:
    agreement, gateway = lock_agreement(session, UUID(payload["agreement"])), the_gateway()
    if agreement.stripe_subscription_id is None:
        return
    standing = gateway.subscription(agreement.stripe_subscription_id)
    if standing.new_card is None or standing.ended_at is not None:
        # Who looked twice ordered twice.
        return
    if standing.owed is not None and has_card(agreement):
        # First, so that it is not forgotten when this is broken off in between. A bank that refuses this card too is
        # asked again by Stripe in its time.
        with suppress(StripeRefused):
            gateway.pay_invoice(standing.owed, standing.new_card)
    gateway.take_card(standing.id, standing.new_card)
    record_audit(session, "agreement.card", subject_type="agreement", subject_id=agreement.id)
    enqueue_effect(session, "stripe.look", {"kind": "subscription", "id": standing.id})


def _moment() -> int:
    return int(now().timestamp()) // LOOK_SECONDS
