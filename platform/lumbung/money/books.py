"""The books: transfers of whole rupiah between accounts, added and never changed (ADR 58).

A transfer takes from one account what it gives to another, so the books balance whatever is written in them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from lumbung.db.clock import now
from lumbung.db.tenancy import AnySession
from lumbung.ids import new_id
from lumbung.money.chart import BookAccount
from lumbung.money.models import JournalEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """`amount` whole rupiah, more than zero, from `credit` to `debit`; `source` is what it stands for, once."""

    at: datetime
    debit: BookAccount
    credit: BookAccount
    amount: int
    source: str
    kind: str
    agreement_id: UUID | None = None
    payment_id: UUID | None = None
    subject: tuple[str, str] | None = None
    note: str = ""
    settled: int | None = None
    settled_currency: str | None = None
    booked_by: UUID | None = None


def post(session: AnySession, transfer: Transfer) -> bool:
    """Write a transfer into the books; False when what it stands for is there already.

    Raises ValueError for an amount that is not above zero, or a transfer of an account to itself.
    """
    if transfer.amount <= 0 or transfer.debit == transfer.credit:
        raise ValueError("A transfer moves more than nothing from one account to another.")
    subject_type, subject_id = transfer.subject or (None, None)
    made = session.execute(
        insert(JournalEntry)
        .values(
            id=new_id(),
            created_at=now(),
            at=transfer.at,
            debit=transfer.debit,
            credit=transfer.credit,
            amount=transfer.amount,
            source=transfer.source,
            kind=transfer.kind,
            agreement_id=transfer.agreement_id,
            payment_id=transfer.payment_id,
            subject_type=subject_type,
            subject_id=subject_id,
            note=transfer.note,
            settled=transfer.settled,
            settled_currency=transfer.settled_currency,
            booked_by=transfer.booked_by,
        )
        .on_conflict_do_nothing(index_elements=["source"])
        .returning(JournalEntry.id)
    ).scalar()
    return made is not None


def balances(session: AnySession, *, until: datetime | None = None) -> Mapping[BookAccount, int]:
    """What each account holds in whole rupiah, debits less credits, before `until` or now. They add up to zero."""
    held = dict.fromkeys(BookAccount, 0)
    for side, sign in ((JournalEntry.debit, 1), (JournalEntry.credit, -1)):
        statement = select(side, func.sum(JournalEntry.amount)).group_by(side)
        if until is not None:
            statement = statement.where(JournalEntry.at < until)
        for account, amount in session.execute(statement):
            held[BookAccount(account)] += sign * int(amount)
    return held


def settled_balance(session: AnySession, currency: str = "idr") -> int:
    """What Stripe should hold by the books, to the hundredth of a rupiah."""
    total = 0
    for side, sign in ((JournalEntry.debit, 1), (JournalEntry.credit, -1)):
        found = session.scalar(
            select(func.coalesce(func.sum(JournalEntry.settled), 0)).where(
                side == BookAccount.STRIPE, JournalEntry.settled_currency == currency
            )
        )
        total += sign * int(found or 0)
    return total


def given_back(session: AnySession, payment_id: UUID, *, kinds: Sequence[str] = ("refund", "dispute")) -> int:
    """How much of a payment went back by the books, in whole rupiah: refunds and disputes, less what returned."""
    amount = 0
    for side, sign in ((JournalEntry.credit, 1), (JournalEntry.debit, -1)):
        found = session.scalar(
            select(func.coalesce(func.sum(JournalEntry.amount), 0)).where(
                JournalEntry.payment_id == payment_id,
                JournalEntry.kind.in_(kinds),
                side.in_((BookAccount.STRIPE, BookAccount.BANK)),
            )
        )
        amount += sign * int(found or 0)
    return amount
