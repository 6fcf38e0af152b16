"""From movements of Stripe's balance to transfers in the books."""

from __future__ import annotations

from typing import Literal

from lumbung.db.tenancy import AnySession
from lumbung.money.books import Transfer, post
from lumbung.money.chart import BookAccount
from lumbung.money.gateway import CURRENCY, HUNDREDTHS
from lumbung.money.models import Agreement, Payment
from lumbung.money.told import Charge, Transaction

INCOME = {"sponsorship": BookAccount.SPONSORSHIP, "plan": BookAccount.PLAN}
_COUNTER = {
    "payout": BookAccount.BANK,
    "payout_cancel": BookAccount.BANK,
    "payout_failure": BookAccount.BANK,
    "topup": BookAccount.BANK,
    "stripe_fee": BookAccount.FEES,
    "stripe_fx_fee": BookAccount.FEES,
    "tax_fee": BookAccount.FEES,
    "network_cost": BookAccount.FEES,
}


def to_rupiah(hundredths: int) -> int:
    """Whole rupiah of an amount in hundredths, halves up; what is more than nothing is at least one rupiah."""
    return max(1, (hundredths + HUNDREDTHS // 2) // HUNDREDTHS) if hundredths else 0


def in_rupiah(charge: Charge, movement: Transaction) -> int | None:
    """What a charge is worth in hundredths of a rupiah; None when it is neither charged nor settled in rupiah."""
    if charge.currency == CURRENCY:
        return charge.amount
    return movement.amount if movement.currency == CURRENCY else None


def book_movement(
    session: AnySession,
    movement: Transaction,
    *,
    agreement: Agreement | None = None,
    payment: Payment | None = None,
    kind: str | None = None,
    charged: int | None = None,
) -> None:
    """Book one movement of Stripe's balance, and its fee; what is booked already stays as it is.

    `charged` is the amount in hundredths of a rupiah where the account is settled in another currency; without it a
    movement in another currency cannot be booked and is left to the nightly comparison.
    """
    kind = kind or movement.kind
    if agreement is not None:
        counter = INCOME.get(agreement.kind, BookAccount.UNATTRIBUTED)
    else:
        counter = _COUNTER.get(movement.kind, BookAccount.UNATTRIBUTED)
    gross = abs(movement.amount)
    if movement.currency != CURRENCY:
        if charged is None or not gross:
            return
        scale = charged / gross
    else:
        scale = 1.0
    _transfer(session, movement, "", movement.amount, counter, kind, scale, agreement, payment)
    _transfer(session, movement, ":fee", -movement.fee, BookAccount.FEES, "fee", scale, agreement, payment)


def _transfer(
    session: AnySession,
    movement: Transaction,
    part: Literal["", ":fee"],
    signed: int,
    counter: BookAccount,
    kind: str,
    scale: float,
    agreement: Agreement | None,
    payment: Payment | None,
) -> None:
    if not signed:
        return
    debit, credit = (BookAccount.STRIPE, counter) if signed > 0 else (counter, BookAccount.STRIPE)
    hundredths = abs(signed) if scale == 1.0 else round(abs(signed) * scale)
    post(
        session,
        Transfer(
            at=movement.at,
            debit=debit,
            credit=credit,
            amount=to_rupiah(hundredths),
            source=f"{movement.id}{part}",
            kind=kind,
            agreement_id=agreement.id if agreement else None,
            payment_id=payment.id if payment else None,
            subject=(agreement.subject_type, agreement.subject_id) if agreement else None,
            note=movement.description,
            settled=abs(signed),
            settled_currency=movement.currency,
        ),
    )
