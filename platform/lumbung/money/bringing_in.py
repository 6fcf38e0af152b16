"""Bringing the books and agreements to what Stripe says now.

Whatever event came, in whatever order and however often: the thing that it is about is asked for anew, and what follows
from it is written once. So the end is the same as if every event had come once and in order (ADR 58).
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from lumbung.codes import new_code
from lumbung.db.clock import now
from lumbung.db.tenancy import AnySession
from lumbung.ids import new_id
from lumbung.money.agreements import lock_agreement, tell_of_change
from lumbung.money.booking import book_movement, in_rupiah, to_rupiah
from lumbung.money.cards import order_card
from lumbung.money.gateway import HUNDREDTHS, Gateway
from lumbung.money.models import Agreement, AgreementStatus, Cadence, Payment
from lumbung.money.receipts import next_receipt_number
from lumbung.money.refunds import bring_refund
from lumbung.money.told import Charge, Subscription

_STANDING = {
    "active": AgreementStatus.ACTIVE,
    "trialing": AgreementStatus.ACTIVE,
    "past_due": AgreementStatus.LATE,
    "unpaid": AgreementStatus.LATE,
    "paused": AgreementStatus.LATE,
    "incomplete": AgreementStatus.OPENED,
    "incomplete_expired": AgreementStatus.ABANDONED,
    "canceled": AgreementStatus.ENDED,
}


def bring_in(session: AnySession, gateway: Gateway, kind: str, object_id: str) -> None:
    """Bring in one thing of Stripe: `charge`, `subscription`, `session`, `invoice`, `customer` or `payout`.

    What Stripe knows and Lumbung does not (another's subscription in the same account) is passed over.
    """
    if kind == "charge":
        _bring_charge(session, gateway, object_id)
    elif kind == "subscription":
        _bring_subscription(session, gateway, object_id)
    elif kind == "session":
        _bring_session(session, gateway, object_id)
    elif kind == "invoice":
        subscription_id = gateway.subscription_of_invoice(object_id)
        if subscription_id is not None:
            _bring_subscription(session, gateway, subscription_id)
    elif kind == "customer":
        agreement = _agreement_of(session, object_id)
        if agreement is not None and agreement.stripe_subscription_id is not None:
            _bring_subscription(session, gateway, agreement.stripe_subscription_id)
    elif kind == "payout":
        for movement in gateway.payout(object_id).transactions:
            book_movement(session, movement)


def _bring_charge(session: AnySession, gateway: Gateway, charge_id: str) -> None:
    charge = gateway.charge(charge_id)
    if not charge.paid or charge.transaction is None:
        return
    hundredths = in_rupiah(charge, charge.transaction)
    if hundredths is None:
        # Neither charged nor settled in rupiah: nobody here knows what it is worth. The night shows it to a person.
        return
    agreement = _agreement_of(session, charge.customer)
    payment = None
    if agreement is not None:
        # A charge does not change; its refunds and disputes are read below, while the agreement is held.
        agreement = lock_agreement(session, agreement.id)
        payment = _note_payment(session, agreement, charge, hundredths)
    book_movement(session, charge.transaction, agreement=agreement, payment=payment, kind="charge", charged=hundredths)
    # Always: of a refund that the bank sent back nothing is left in the charge's own sum.
    for refund in gateway.refunds_of(charge.id):
        bring_refund(session, refund, agreement, payment)
    if charge.disputed:
        for dispute in gateway.disputes_of(charge.id):
            for movement in dispute.transactions:
                book_movement(session, movement, agreement=agreement, payment=payment, kind="dispute")
    if agreement is not None:
        if agreement.cadence == Cadence.ONCE:
            agreement.status = AgreementStatus.PAID
        tell_of_change(session, agreement)


def _note_payment(session: AnySession, agreement: Agreement, charge: Charge, hundredths: int) -> Payment:
    known = select(Payment).where(Payment.charge_id == charge.id)
    payment = session.scalars(known).one_or_none()
    if payment is None:
        session.execute(
            insert(Payment)
            .values(
                id=new_id(),
                created_at=now(),
                agreement_id=agreement.id,
                charge_id=charge.id,
                amount=to_rupiah(hundredths),
                paid_at=charge.at,
                payer_name=agreement.payer_name,
                # Stripe itself says no more than "Subscription update".
                description=agreement.description,
                receipt_number=next_receipt_number(session, charge.at),
                receipt_code=new_code(),
            )
            .on_conflict_do_nothing(index_elements=["charge_id"])
        )
        payment = session.scalars(known).one()
    return payment


def _bring_subscription(session: AnySession, gateway: Gateway, subscription_id: str) -> None:
    mine = Agreement.stripe_subscription_id == subscription_id
    agreement = session.scalars(select(Agreement).where(mine)).one_or_none()
    if agreement is None:
        agreement = _agreement_of(session, gateway.subscription(subscription_id).customer)
    if agreement is None:
        return
    agreement = lock_agreement(session, agreement.id)
    if agreement.stripe_subscription_id not in (None, subscription_id):
        # One more of the same customer, made at Stripe's own pages: it is not what was agreed here.
        return
    standing = gateway.subscription(subscription_id)
    if standing.new_card is not None and standing.ended_at is None:
        order_card(session, agreement, standing.new_card, owed=standing.owed)
    if agreement.order_pending:
        standing = _carry_out(gateway, agreement, standing)
        agreement.order_pending = False
    agreement.stripe_subscription_id = standing.id
    agreement.status = _STANDING.get(standing.status, AgreementStatus.LATE)
    agreement.cancel_at_period_end = standing.cancel_at_period_end
    if standing.status not in {"incomplete", "incomplete_expired"}:
        agreement.paid_until = standing.paid_until
    agreement.ended_at = standing.ended_at
    if standing.amount and standing.amount % HUNDREDTHS == 0:
        agreement.amount = standing.amount // HUNDREDTHS
    tell_of_change(session, agreement)


def _carry_out(gateway: Gateway, agreement: Agreement, standing: Subscription) -> Subscription:
    """Bring Stripe's subscription to what was decided here, whatever was decided in between."""
    if standing.ended_at is not None:
        return standing
    key = f"{agreement.id}-{agreement.updated_at.timestamp()}"
    if standing.cancel_at_period_end != agreement.cancel_at_period_end:
        standing = gateway.set_ending(standing.id, ends=agreement.cancel_at_period_end, key=f"ending-{key}")
    if standing.amount != agreement.amount * HUNDREDTHS:
        standing = gateway.change_price(
            standing, amount=agreement.amount, description=agreement.description, key=f"price-{key}"
        )
    return standing


def _bring_session(session: AnySession, gateway: Gateway, session_id: str) -> None:
    opened = gateway.session(session_id)
    if opened.subscription is not None:
        _bring_subscription(session, gateway, opened.subscription)
    if opened.intent is not None:
        charge_id = gateway.charge_of_intent(opened.intent)
        if charge_id is not None:
            _bring_charge(session, gateway, charge_id)
    found = session.scalars(select(Agreement).where(Agreement.stripe_session_id == session_id)).one_or_none()
    if found is not None and opened.status == "expired":
        agreement = lock_agreement(session, found.id)
        if agreement.status == AgreementStatus.OPENED:
            agreement.status = AgreementStatus.ABANDONED
            tell_of_change(session, agreement)


def _agreement_of(session: AnySession, customer_id: str | None) -> Agreement | None:
    if customer_id is None:
        return None
    mine = Agreement.stripe_customer_id == customer_id
    return session.scalars(select(Agreement).where(mine)).one_or_none()
