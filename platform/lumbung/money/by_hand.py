"""What an operator writes into the books: costs, whom unknown money came from, and corrections of such rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from lumbung.audit import record_audit
from lumbung.db.clock import now
from lumbung.db.tenancy import AnySession
from lumbung.errors import Conflict, Invalid, NotFound
from lumbung.i18n import Text
from lumbung.money.bank import check_amount
from lumbung.money.booking import INCOME
from lumbung.money.books import Transfer, post
from lumbung.money.chart import BookAccount
from lumbung.money.models import Agreement, JournalEntry
from lumbung.money.statements import COSTS

REVERSIBLE = ("cost", "attribution")
"""Kinds of rows that were made by hand and may be taken back by a row of their own."""
LONGEST_NOTE = 500

_ALREADY = Text("Baris ini sudah dikoreksi.", "This row was corrected already.")
_NOT_BY_HAND = Text(
    "Baris ini tidak dibuat dengan tangan, jadi tidak dapat dikoreksi di sini. Uang yang diterima dikembalikan lewat "
    "halaman pembayarannya.",
    "This row was not made by hand, so it cannot be corrected here. Money that was received goes back on the page of "
    "its payment.",
)
_KNOWN = Text(
    "Uang ini sudah dicatat asalnya, atau tidak sedang menunggu kejelasan.",
    "It is noted already from whom this money came, or it does not wait to be known.",
)


def note_cost(
    session: AnySession,
    *,
    account: BookAccount,
    amount: int,
    at: datetime,
    subject: tuple[str, str],
    note: str,
    by: UUID | None,
    key: UUID,
) -> bool:
    """Write a cost that was paid from the bank into the books; False when this `key` wrote it before.

    `subject` is what it was for, as of agreements. Raises Invalid for an account that is none of costs, an amount not
    above zero, a moment to come, or an empty or long note.
    """
    wrong: dict[str, list[str]] = {}
    if account not in COSTS:
        wrong["account"] = [str(Text("Pilih jenis biaya.", "Choose a kind of cost."))]
    if at > now():
        wrong["at"] = [str(Text("Tanggalnya belum tiba.", "That day has not come yet."))]
    if not note.strip() or len(note) > LONGEST_NOTE:
        text = Text("Tulis untuk apa, paling banyak 500 huruf.", "Say what for, in at most 500 characters.")
        wrong["note"] = [str(text)]
    if wrong:
        raise Invalid(fields=wrong)
    check_amount(amount)
    made = post(
        session,
        Transfer(
            at=at,
            debit=account,
            credit=BookAccount.BANK,
            amount=amount,
            source=f"manual:{key}",
            kind="cost",
            subject=subject,
            note=note.strip(),
            booked_by=by,
        ),
    )
    if made:
        record_audit(
            session,
            "cost.noted",
            subject_type="journal",
            subject_id=key,
            after={"account": account, "amount": amount, "for": list(subject), "note": note.strip()},
        )
    return made


def get_entry(session: AnySession, entry_id: UUID) -> JournalEntry:
    """A row of the journal. Raises NotFound."""
    found = session.get(JournalEntry, entry_id)
    if found is None:
        raise NotFound
    return found


def reversed_ids(session: AnySession, entries: Sequence[JournalEntry]) -> frozenset[UUID]:
    """Which of these rows were taken back by a row of their own."""
    sources = {f"reversal:{entry.id}": entry.id for entry in entries if entry.kind in REVERSIBLE}
    if not sources:
        return frozenset()
    found = session.scalars(select(JournalEntry.source).where(JournalEntry.source.in_(sources)))
    return frozenset(sources[source] for source in found)


def reverse_entry(session: AnySession, entry_id: UUID, *, reason: str, by: UUID | None) -> None:
    """Take back a row that was made by hand, by a row of today the other way round.

    Raises NotFound; Invalid without a reason; Conflict for a row that nobody made by hand, or that was taken back.
    """
    entry = get_entry(session, entry_id)
    if entry.kind not in REVERSIBLE:
        raise Conflict(_NOT_BY_HAND)
    if not reason.strip() or len(reason) > LONGEST_NOTE:
        text = Text("Tulis alasannya, paling banyak 500 huruf.", "Give the reason, in at most 500 characters.")
        raise Invalid(fields={"reason": [str(text)]})
    subject = (entry.subject_type, entry.subject_id) if entry.subject_type and entry.subject_id else None
    made = post(
        session,
        Transfer(
            at=now(),
            debit=BookAccount(entry.credit),
            credit=BookAccount(entry.debit),
            amount=entry.amount,
            source=f"reversal:{entry.id}",
            kind="correction",
            agreement_id=entry.agreement_id,
            subject=subject,
            note=reason.strip(),
            booked_by=by,
        ),
    )
    if not made:
        raise Conflict(_ALREADY)
    record_audit(
        session,
        "journal.corrected",
        subject_type="journal",
        subject_id=entry.id,
        after={"amount": entry.amount, "reason": reason.strip()},
    )


def is_waiting(session: AnySession, entry: JournalEntry) -> bool:
    """Whether a row brought money of which it is not known yet from whom it came."""
    return entry.credit == BookAccount.UNATTRIBUTED and entry.kind != "correction" and _standing(session, entry) is None


def waiting_entries(session: AnySession) -> Sequence[JournalEntry]:
    """Rows that brought money of which it is not known yet from whom it came, the oldest first."""
    into = JournalEntry.credit == BookAccount.UNATTRIBUTED
    brought = session.scalars(
        select(JournalEntry).where(into, JournalEntry.kind != "correction").order_by(JournalEntry.at, JournalEntry.id)
    ).all()
    if not brought:
        return []
    said = session.scalars(select(JournalEntry).where(JournalEntry.kind == "attribution")).all()
    taken_back = reversed_ids(session, said)
    known = {one.source.split(":")[1] for one in said if one.id not in taken_back}
    return [row for row in brought if str(row.id) not in known]


def attribute_entry(session: AnySession, entry_id: UUID, agreement: Agreement, *, by: UUID | None) -> None:
    """Note that money of a row which nobody knew came for this agreement: it moves there, once, with a row of today.

    It makes no receipt and does not change the agreement. Raises NotFound; Conflict where the row does not wait, or
    another operator was faster.
    """
    entry = get_entry(session, entry_id)
    if not is_waiting(session, entry):
        raise Conflict(_KNOWN)
    income = INCOME.get(agreement.kind)
    if income is None:
        raise Conflict(_KNOWN)
    made = post(
        session,
        Transfer(
            at=now(),
            debit=BookAccount.UNATTRIBUTED,
            credit=income,
            amount=entry.amount,
            source=f"attribution:{entry.id}:{_times(session, entry)}",
            kind="attribution",
            agreement_id=agreement.id,
            subject=(agreement.subject_type, agreement.subject_id),
            note=entry.source,
            booked_by=by,
        ),
    )
    if not made:
        raise Conflict(_KNOWN)
    record_audit(
        session,
        "journal.attributed",
        subject_type="journal",
        subject_id=entry.id,
        after={"agreement": str(agreement.id), "amount": entry.amount},
    )


def _times(session: AnySession, entry: JournalEntry) -> int:
    count = select(func.count()).where(_attributes(entry))
    return session.scalar(count) or 0


def _standing(session: AnySession, entry: JournalEntry) -> JournalEntry | None:
    """The row that says from whom the money of `entry` came, unless it was taken back."""
    said = session.scalars(select(JournalEntry).where(_attributes(entry))).all()
    taken_back = reversed_ids(session, said)
    return next((one for one in said if one.id not in taken_back), None)


def _attributes(entry: JournalEntry) -> ColumnElement[bool]:
    return JournalEntry.source.startswith(f"attribution:{entry.id}:", autoescape=True)
