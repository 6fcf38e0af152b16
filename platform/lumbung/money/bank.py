"""Transfers that came to the bank: noted by an operator, with a receipt like any other payment."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from lumbung.audit import record_audit
from lumbung.codes import new_code
from lumbung.db.clock import now
from lumbung.db.tenancy import AnySession
from lumbung.errors import Conflict, Invalid
from lumbung.i18n import Text
from lumbung.ids import new_id
from lumbung.money.agreements import RUNNING, lock_agreement, tell_of_change
from lumbung.money.booking import INCOME
from lumbung.money.books import Transfer, post
from lumbung.money.chart import BookAccount
from lumbung.money.errors import CannotChange
from lumbung.money.gateway import find_gateway
from lumbung.money.models import Agreement, AgreementStatus, Cadence, JournalEntry, Payment
from lumbung.money.periods import month_later
from lumbung.money.receipts import next_receipt_number
from lumbung.money.replacing import successor_of
from lumbung.outbox import Payload, effect_handler, enqueue_effect, periodic

MOST_BY_HAND = 1_000_000_000_000
"""More than this in one row is a slip of the finger."""
MOST_MONTHS = 12
LONGEST_REFERENCE = 200
PATIENCE = timedelta(days=60)
"""How long a monthly agreement that is paid by transfer may be late before it ends."""

_BY_STRIPE = Text(
    "Kesepakatan ini dibayar otomatis lewat Stripe. Hentikan dahulu langganannya, supaya tidak terbayar dua kali.",
    "This agreement is paid through Stripe by itself. Stop the subscription first, so that nothing is paid twice.",
)
_PAID = Text("Kesepakatan ini sudah dibayar.", "This agreement is paid already.")
_OVER = Text(
    "Kesepakatan bulanan ini sudah berakhir. Minta pembayar membuat kesepakatan baru.",
    "This monthly agreement is over. Ask the payer to make a new one.",
)
_REPLACED = Text(
    "Kesepakatan ini sudah diganti dengan {successor}. Catat transfernya di sana.",
    "Another agreement, {successor}, took the place of this one. Note the transfer there.",
)
_NOTED = Text(
    "Transfer dengan bukti itu sudah dicatat pada kesepakatan ini.",
    "A transfer with that reference is noted for this agreement already.",
)


def check_amount(amount: int) -> None:
    """Raise Invalid for an amount that is not above zero, or larger than any that is noted by hand."""
    if not 0 < amount <= MOST_BY_HAND:
        wrong = Text(
            "Isi jumlah dalam rupiah, lebih dari nol dan paling banyak satu triliun.",
            "Enter an amount in rupiah, above zero and at most a trillion.",
        )
        raise Invalid(fields={"amount": [str(wrong)]})


def note_bank_payment(
    session: AnySession,
    agreement: Agreement,
    *,
    amount: int,
    paid_at: datetime,
    reference: str,
    by: UUID | None,
    months: int = 1,
    key: UUID | None = None,
) -> Payment:
    """The payment of a transfer that came to the bank: with its receipt, in the books, and the agreement paid.

    What is paid once is paid then; what is monthly is paid for `months` more. `reference` is what the bank's statement
    says. With a `key` that was used before the same payment comes back and nothing happens. Raises Invalid for an
    amount, a moment, a reference or a number of months that cannot be; CannotChange where the agreement is paid, over,
    replaced by another, or paid by Stripe; Conflict where the reference is noted already.
    """
    _check(amount, paid_at, reference, months)
    agreement = lock_agreement(session, agreement.id)
    made = session.get(Payment, key) if key is not None else None
    if made is not None and made.agreement_id == agreement.id:
        return made
    _check_standing(session, agreement)
    source_note = reference.strip()
    noted = select(func.count()).where(
        JournalEntry.agreement_id == agreement.id, JournalEntry.kind == "bank", JournalEntry.note == source_note
    )
    if session.scalar(noted):
        raise Conflict(_NOTED)
    payment = Payment(
        id=key or new_id(),
        agreement_id=agreement.id,
        charge_id=None,
        amount=amount,
        paid_at=paid_at,
        payer_name=agreement.payer_name,
        description=agreement.description,
        receipt_number=next_receipt_number(session, paid_at),
        receipt_code=new_code(),
    )
    session.add(payment)
    session.flush()
    _book(session, agreement, payment, source_note, by)
    _mark_paid(session, agreement, paid_at, months)
    record_audit(
        session,
        "payment.noted",
        subject_type="payment",
        subject_id=payment.id,
        after={
            "agreement": str(agreement.id),
            "amount": amount,
            "reference": source_note,
            "receipt": payment.receipt_number,
        },
    )
    tell_of_change(session, agreement)
    return payment


def _check(amount: int, paid_at: datetime, reference: str, months: int) -> None:
    check_amount(amount)
    wrong: dict[str, list[str]] = {}
    if paid_at > now():
        text = Text("Tanggalnya belum tiba.", "That day has not come yet.")
        wrong["paid_on"] = [str(text)]
    if not reference.strip() or len(reference) > LONGEST_REFERENCE:
        text = Text(
            "Isi nomor atau keterangan dari rekening koran, paling banyak 200 huruf.",
            "Enter the number or words of the bank’s statement, at most 200 characters.",
        )
        wrong["reference"] = [str(text)]
    if not 1 <= months <= MOST_MONTHS:
        wrong["months"] = [str(Text("Isi 1 sampai 12 bulan.", "Enter 1 to 12 months."))]
    if wrong:
        raise Invalid(fields=wrong)


def _check_standing(session: AnySession, agreement: Agreement) -> None:
    if agreement.status in RUNNING and agreement.stripe_subscription_id is not None:
        raise CannotChange(_BY_STRIPE)
    if agreement.status == AgreementStatus.PAID:
        raise CannotChange(_PAID)
    if agreement.status == AgreementStatus.ENDED:
        raise CannotChange(_OVER)
    successor = successor_of(session, agreement)
    if successor is not None:
        raise CannotChange(_REPLACED.format(successor=successor))


def _book(session: AnySession, agreement: Agreement, payment: Payment, note: str, by: UUID | None) -> None:
    post(
        session,
        Transfer(
            at=payment.paid_at,
            debit=BookAccount.BANK,
            credit=INCOME.get(agreement.kind, BookAccount.UNATTRIBUTED),
            amount=payment.amount,
            source=f"bank:{payment.id}",
            kind="bank",
            agreement_id=agreement.id,
            payment_id=payment.id,
            subject=(agreement.subject_type, agreement.subject_id),
            note=note,
            booked_by=by,
        ),
    )


def _mark_paid(session: AnySession, agreement: Agreement, paid_at: datetime, months: int) -> None:
    if agreement.stripe_session_id is not None and find_gateway() is not None:
        # Whoever still has Stripe's page open must not pay a second time.
        enqueue_effect(session, "stripe.close-checkout", {"agreement": str(agreement.id)})
    if agreement.cadence == Cadence.ONCE:
        agreement.status = AgreementStatus.PAID
        return
    until = max(agreement.paid_until or paid_at, paid_at)
    for _ in range(months):
        until = month_later(until)
    agreement.status, agreement.paid_until = AgreementStatus.ACTIVE, until


@effect_handler("stripe.close-checkout", waits=True)
def _close_checkout(session: AnySession, payload: Payload) -> None:
    agreement, gateway = session.get(Agreement, UUID(payload["agreement"])), find_gateway()
    if agreement is None or agreement.stripe_session_id is None or gateway is None:
        return
    gateway.close_session(agreement.stripe_session_id)


@periodic(3600, name="look-after-bank-agreements", per_tenant=False)
def look_after_bank_agreements(session: AnySession) -> None:
    """Let monthly agreements that are paid by transfer be late when their month is over, and end when that was
    decided or nothing came for two months: Stripe does this for its own."""
    over = select(Agreement.id).where(
        Agreement.status.in_(RUNNING),
        Agreement.stripe_subscription_id.is_(None),
        Agreement.paid_until < now(),
    )
    for agreement_id in session.scalars(over).all():
        agreement = lock_agreement(session, agreement_id)
        until = agreement.paid_until
        if until is None or until >= now():
            continue
        before = agreement.status
        if agreement.cancel_at_period_end or until + PATIENCE < now():
            agreement.status, agreement.ended_at = AgreementStatus.ENDED, until
        else:
            agreement.status = AgreementStatus.LATE
        if agreement.status != before:
            tell_of_change(session, agreement)
