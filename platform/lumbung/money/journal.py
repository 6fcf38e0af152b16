"""The journal to look through: its rows page by page, by what they stand for, or all of them for a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, or_, select, tuple_

from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text
from lumbung.money.chart import BookAccount
from lumbung.money.models import Agreement, JournalEntry, Payment
from lumbung.money.periods import Period
from lumbung.money.statements import By, Measure, group_of, touches

PAGE = 50
_CHUNK = 1000
KINDS: Mapping[str, Text] = {
    "charge": Text("Pembayaran kartu", "Card payment"),
    "bank": Text("Transfer ke bank", "Transfer to the bank"),
    "fee": Text("Biaya pembayaran", "Fee of a payment"),
    "refund": Text("Pengembalian", "Refund"),
    "dispute": Text("Sengketa kartu", "Dispute"),
    "payout": Text("Pencairan ke bank", "Payout to the bank"),
    "payout_cancel": Text("Pencairan dibatalkan", "Payout cancelled"),
    "payout_failure": Text("Pencairan gagal", "Payout failed"),
    "stripe_fee": Text("Biaya Stripe", "Stripe’s fee"),
    "adjustment": Text("Penyesuaian Stripe", "Adjustment by Stripe"),
    "cost": Text("Biaya", "Cost"),
    "attribution": Text("Asal uang diketahui", "Known from whom"),
    "correction": Text("Koreksi", "Correction"),
}
"""Kinds of rows by what they are called; Stripe may bring others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which rows: everything that is given must hold. `line` belongs to `by`, as in a statement."""

    period: Period | None = None
    account: BookAccount | None = None
    kind: str = ""
    agreement_id: UUID | None = None
    payment_id: UUID | None = None
    measure: Measure | None = None
    by: By | None = None
    line: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the journal, with the number of the receipt that it belongs to."""

    entry: JournalEntry
    receipt: str | None


@dataclass(frozen=True, slots=True)
class JournalPage:
    """Rows, the newest first; `older` is where the next page begins."""

    rows: Sequence[Row]
    older: UUID | None


def list_journal(session: AnySession, wanted: Wanted, *, before: UUID | None = None, most: int = PAGE) -> JournalPage:
    """The rows that fit, the newest first, from after the row `before` on."""
    query = _query(wanted).order_by(JournalEntry.at.desc(), JournalEntry.id.desc()).limit(most + 1)
    if before is not None:
        last = select(JournalEntry.at, JournalEntry.id).where(JournalEntry.id == before).subquery()
        query = query.where(tuple_(JournalEntry.at, JournalEntry.id) < select(last.c.at, last.c.id).scalar_subquery())
    found = [Row(entry, receipt) for entry, receipt in session.execute(query)]
    return JournalPage(found[:most], found[most - 1].entry.id if len(found) > most else None)


def all_rows(session: AnySession, wanted: Wanted) -> Iterator[Row]:
    """Every row that fits, the oldest first, some at a time."""
    query = _query(wanted).order_by(JournalEntry.at, JournalEntry.id)
    for entry, receipt in session.execute(query.execution_options(yield_per=_CHUNK)):
        yield Row(entry, receipt)


def _query(wanted: Wanted) -> Select[JournalEntry, str]:
    query = select(JournalEntry, Payment.receipt_number).outerjoin(Payment, Payment.id == JournalEntry.payment_id)
    if wanted.by is By.KIND:
        query = query.outerjoin(Agreement, Agreement.id == JournalEntry.agreement_id)
    if wanted.period is not None:
        query = query.where(JournalEntry.at >= wanted.period.since, JournalEntry.at < wanted.period.until)
    if wanted.account is not None:
        query = query.where(or_(JournalEntry.debit == wanted.account, JournalEntry.credit == wanted.account))
    if wanted.kind:
        query = query.where(JournalEntry.kind == wanted.kind)
    if wanted.agreement_id is not None:
        query = query.where(JournalEntry.agreement_id == wanted.agreement_id)
    if wanted.payment_id is not None:
        query = query.where(JournalEntry.payment_id == wanted.payment_id)
    if wanted.measure is not None:
        query = query.where(touches(wanted.measure))
    if wanted.by is not None:
        query = query.where(group_of(wanted.by) == wanted.line)
    if words := wanted.words.strip():
        query = query.where(
            or_(
                JournalEntry.note.icontains(words, autoescape=True),
                JournalEntry.source.startswith(words, autoescape=True),
                Payment.receipt_number == words.upper(),
                Payment.payer_name.icontains(words, autoescape=True),
            )
        )
    return query
