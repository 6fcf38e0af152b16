"""How a payment stands: what of it went back, when, and how it had come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, func, select

from lumbung.db.tenancy import AnySession
from lumbung.money.chart import BookAccount
from lumbung.money.models import JournalEntry, Payment
from lumbung.money.statements import WENT_BACK

_HOLDS = (BookAccount.STRIPE, BookAccount.BANK)


@dataclass(frozen=True, slots=True)
class Return:
    """Money of a payment that went back, in whole rupiah; below zero where it came again."""

    at: datetime
    amount: int
    disputed: bool


@dataclass(frozen=True, slots=True)
class PaymentStanding:
    """What went back of a payment, the oldest first."""

    payment: Payment
    returns: Sequence[Return]

    @property
    def given_back(self) -> int:
        """In all, in whole rupiah."""
        return sum(one.amount for one in self.returns)

    @property
    def kept(self) -> int:
        """What stayed."""
        return self.payment.amount - self.given_back

    @property
    def by_bank(self) -> bool:
        """Whether it came by transfer to the bank, and not through Stripe."""
        return self.payment.charge_id is None

    @property
    def changed_at(self) -> datetime:
        """When what a receipt says last became different."""
        return max((self.payment.paid_at, *(one.at for one in self.returns)))


def standing_of(session: AnySession, payment: Payment) -> PaymentStanding:
    """How a payment stands by the books."""
    rows = session.scalars(
        select(JournalEntry)
        .where(JournalEntry.payment_id == payment.id, JournalEntry.kind.in_(WENT_BACK))
        .order_by(JournalEntry.at, JournalEntry.id)
    )
    return PaymentStanding(
        payment,
        [
            Return(row.at, row.amount if row.credit in _HOLDS else -row.amount, row.kind == "dispute")
            for row in rows
            if row.credit in _HOLDS or row.debit in _HOLDS
        ],
    )


def given_back_of(session: AnySession, payment_ids: Sequence[UUID]) -> Mapping[UUID, int]:
    """How much of each of these payments went back, in whole rupiah; those without are left out."""
    signed = case(
        (JournalEntry.credit.in_(_HOLDS), JournalEntry.amount),
        (JournalEntry.debit.in_(_HOLDS), -JournalEntry.amount),
        else_=0,
    )
    rows = session.execute(
        select(JournalEntry.payment_id, func.sum(signed))
        .where(JournalEntry.payment_id.in_(payment_ids), JournalEntry.kind.in_(WENT_BACK))
        .group_by(JournalEntry.payment_id)
    )
    return {payment_id: int(amount) for payment_id, amount in rows if amount and payment_id}
