"""Money that was paid, without Stripe: an agreement with its payment, and the rows that Stripe's balance would give."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session, scoped_session

from lumbung.codes import new_code
from lumbung.db import now
from lumbung.ids import new_id
from lumbung.money.agreements import open_agreement
from lumbung.money.booking import INCOME
from lumbung.money.books import Transfer, post
from lumbung.money.chart import BookAccount
from lumbung.money.gateway import CURRENCY, HUNDREDTHS
from lumbung.money.models import Agreement, AgreementStatus, Cadence, Payment
from lumbung.money.receipts import next_receipt_number

Sessions = scoped_session[Session] | Session
STRIPES_PART = 34
"""Stripe keeps one rupiah of so many, in these books."""


def paid_agreement(
    session: Sessions,
    *,
    kind: str = "sponsorship",
    subject: tuple[str, str] = ("platform", "lumbung"),
    amount: int = 250_000,
    account_id: UUID | None = None,
    at: datetime | None = None,
    payer_name: str = "PT Maju Bersama",
    description: str = "Sponsor Lumbung",
    cadence: Cadence = Cadence.ONCE,
) -> Agreement:
    """An agreement that was paid by card at `at`, with its payment, its receipt and its rows; not committed."""
    agreement = open_agreement(
        session,
        kind=kind,
        account_id=account_id or new_id(),
        payer_name=payer_name,
        description=description,
        subject=subject,
        amount=amount,
        cadence=cadence,
    )
    if cadence == Cadence.MONTHLY:
        mark_running(agreement, at=at)
    else:
        agreement.stripe_customer_id = f"cus_{agreement.id.hex}"
        agreement.status = AgreementStatus.PAID
    add_payment(session, agreement, at=at)
    return agreement


def mark_running(agreement: Agreement, *, at: datetime | None = None) -> None:
    """Let a monthly agreement stand as if its subscription had begun at `at`."""
    agreement.stripe_customer_id = f"cus_{agreement.id.hex}"
    agreement.stripe_subscription_id = f"sub_{agreement.id.hex}"
    agreement.status, agreement.paid_until = AgreementStatus.ACTIVE, (at or now()) + timedelta(days=30)


def add_payment(session: Sessions, agreement: Agreement, *, at: datetime | None = None) -> Payment:
    """One more payment by card of an agreement, booked as Stripe's balance would be; not committed."""
    moment = at or now()
    payment = Payment(
        id=new_id(),
        agreement_id=agreement.id,
        amount=agreement.amount,
        paid_at=moment,
        payer_name=agreement.payer_name,
        description=agreement.description,
        receipt_number=next_receipt_number(session, moment),
        receipt_code=new_code(),
    )
    payment.charge_id = f"ch_{payment.id.hex}"
    session.add(payment)
    session.flush()
    income, fee = INCOME[agreement.kind], agreement.amount // STRIPES_PART
    for part, debit, credit, moved, row in (
        ("", BookAccount.STRIPE, income, agreement.amount, "charge"),
        (":fee", BookAccount.FEES, BookAccount.STRIPE, fee, "fee"),
    ):
        post(
            session,
            Transfer(
                at=moment,
                debit=debit,
                credit=credit,
                amount=moved,
                source=f"txn_{payment.id.hex}{part}",
                kind=row,
                agreement_id=agreement.id,
                payment_id=payment.id,
                subject=(agreement.subject_type, agreement.subject_id),
                note=agreement.description,
                settled=moved * HUNDREDTHS,
                settled_currency=CURRENCY,
            ),
        )
    return payment
