"""Every night: what Stripe lists against what the books say; each difference found, mended where it can be, explained.

Events can be lost, keys be wrong for a day, a database be restored from last week. Whatever happened, the next night
finds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import func, select

from lumbung.audit import record_audit
from lumbung.db.clock import now
from lumbung.db.tenancy import AnySession
from lumbung.money.agreements import RUNNING
from lumbung.money.booking import book_movement
from lumbung.money.books import settled_balance
from lumbung.money.bringing_in import bring_in
from lumbung.money.chart import BookAccount
from lumbung.money.errors import StripeRefused
from lumbung.money.gateway import CURRENCY, HUNDREDTHS, Gateway, find_gateway, the_gateway
from lumbung.money.models import Agreement, AgreementStatus, JournalEntry, Reconciliation, StripeEvent
from lumbung.money.told import Transaction
from lumbung.outbox import Payload, effect_handler, enqueue_effect, periodic

OVERLAP = timedelta(days=3)
"""How far before the last comparison the next begins: what was late then is found now."""
NEVER_BEFORE = timedelta(days=400)
FORGOTTEN_AFTER = timedelta(hours=25)
"""An event that is not handled after this is not handled by itself."""

log = structlog.get_logger("lumbung.money")


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference: its kind, what it is about, the amount in hundredths, and whether a person must look at it.

    Kinds: `booked_late` (it was missing and is booked now), `missing` (it is missing and cannot be booked here),
    `differs` (booked with another amount), `unknown` (in the books, not at Stripe), `rounding` (parts of a rupiah),
    `currency` (settled in another currency), `unhandled` (events that failed), `unattributed`, `balance`.
    """

    kind: str
    about: str
    amount: int
    open: bool

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "about": self.about, "amount": self.amount, "open": self.open}


def reconcile(session: AnySession, gateway: Gateway) -> Reconciliation:
    """Compare, mend what can be, and keep what was found. Raises StripeUnreachable; then nothing is kept."""
    until = now() + timedelta(seconds=1)
    since = _since(session, until)
    listed = list(gateway.transactions(since, until))
    findings = _compared(session, gateway, listed)
    findings += _only_in_books(session, listed, since, until)
    findings += _standing(session)
    stripe_balance, books_balance = gateway.balance(), settled_balance(session)
    if stripe_balance != books_balance:
        findings.append(Finding("balance", "", stripe_balance - books_balance, True))
    made = Reconciliation(
        since=since,
        until=until,
        compared=len(listed),
        stripe_balance=stripe_balance,
        books_balance=books_balance,
        findings=[finding.to_json() for finding in findings],
        open=sum(finding.open for finding in findings),
    )
    session.add(made)
    _ask_again(session)
    session.flush()
    return made


def _since(session: AnySession, until: datetime) -> datetime:
    last = session.scalar(select(func.max(Reconciliation.until)))
    return last - OVERLAP if last is not None else until - NEVER_BEFORE


def _compared(session: AnySession, gateway: Gateway, listed: Iterable[Transaction]) -> list[Finding]:
    # The oldest first: a refund is booked after the charge that it belongs to.
    ordered = sorted(listed, key=lambda one: (one.at, one.id))
    missing = [movement for movement in ordered if _held(session, movement) is None]
    for movement in missing:
        _book_late(session, gateway, movement)
    late = {movement.id for movement in missing}
    findings: list[Finding] = []
    for movement in ordered:
        wanted = movement.amount - movement.fee
        held = _held(session, movement)
        if held is None and wanted:
            kind = "missing" if movement.currency == CURRENCY else "currency"
            findings.append(Finding(kind, movement.id, wanted, True))
        elif held is not None and held != wanted:
            findings.append(Finding("differs", movement.id, wanted - held, True))
        elif movement.id in late and wanted:
            findings.append(Finding("booked_late", movement.id, wanted, False))
    return findings


def _held(session: AnySession, movement: Transaction) -> int | None:
    """What the books hold of a movement, signed, in its own currency; None when nothing of it is there."""
    rows = session.execute(
        select(JournalEntry.debit, JournalEntry.settled).where(
            JournalEntry.source.in_((movement.id, f"{movement.id}:fee"))
        )
    ).all()
    if not rows:
        return None
    return sum((settled or 0) * (1 if debit == BookAccount.STRIPE else -1) for debit, settled in rows)


def _book_late(session: AnySession, gateway: Gateway, movement: Transaction) -> None:
    try:
        with session.begin_nested():
            _bring_source(session, gateway, movement.source or "")
    except StripeRefused as refused:
        # One thing that Stripe says is not there keeps nothing else from being compared.
        log.warning("movement-without-source", movement=movement.id, reason=refused.slug)
    # What Stripe takes and gives by itself, and whatever the above could not place.
    book_movement(session, movement)


def _bring_source(session: AnySession, gateway: Gateway, source: str) -> None:
    if source.startswith(("ch_", "py_")):
        bring_in(session, gateway, "charge", source)
    elif source.startswith(("re_", "pyr_", "dp_", "du_")):
        charge_id = gateway.charge_of_source(source)
        if charge_id is not None:
            bring_in(session, gateway, "charge", charge_id)
    elif source.startswith("po_"):
        bring_in(session, gateway, "payout", source)
    session.flush()


def _only_in_books(
    session: AnySession, listed: Iterable[Transaction], since: datetime, until: datetime
) -> list[Finding]:
    known = {movement.id for movement in listed}
    ours = session.execute(
        select(JournalEntry.source, JournalEntry.settled).where(
            JournalEntry.at >= since,
            JournalEntry.at < until,
            JournalEntry.source.startswith("txn_", autoescape=True),
        )
    )
    return [
        Finding("unknown", source, int(settled or 0), True)
        for source, settled in ours
        if source.partition(":")[0] not in known
    ]


def _standing(session: AnySession) -> list[Finding]:
    """What is there however long ago it came."""
    findings = []
    rounded = 0
    for side, sign in ((JournalEntry.debit, 1), (JournalEntry.credit, -1)):
        amount = func.coalesce(func.sum(JournalEntry.amount * HUNDREDTHS - JournalEntry.settled), 0)
        query = select(amount).where(side == BookAccount.STRIPE, JournalEntry.settled_currency == CURRENCY)
        rounded += sign * int(session.scalar(query) or 0)
    if rounded:
        findings.append(Finding("rounding", "", rounded, False))
    unattributed = 0
    for side, sign in ((JournalEntry.credit, 1), (JournalEntry.debit, -1)):
        total = select(func.coalesce(func.sum(JournalEntry.amount), 0)).where(side == BookAccount.UNATTRIBUTED)
        unattributed += sign * int(session.scalar(total) or 0)
    if unattributed:
        findings.append(Finding("unattributed", "", unattributed * HUNDREDTHS, True))
    late = session.scalar(
        select(func.count())
        .select_from(StripeEvent)
        .where(StripeEvent.handled_at.is_(None), StripeEvent.created_at < now() - FORGOTTEN_AFTER)
    )
    if late:
        findings.append(Finding("unhandled", str(late), 0, True))
    return findings


def _ask_again(session: AnySession) -> None:
    """Have agreements looked at whose events may have been lost: those that run, and those left on Stripe's page."""
    running = select(Agreement.stripe_subscription_id).where(
        Agreement.status.in_(RUNNING), Agreement.stripe_subscription_id.is_not(None)
    )
    opened = select(Agreement.stripe_session_id).where(
        Agreement.status == AgreementStatus.OPENED, Agreement.stripe_session_id.is_not(None)
    )
    for kind, query in (("subscription", running), ("session", opened)):
        for object_id in session.scalars(query):
            enqueue_effect(session, "stripe.look", {"kind": kind, "id": object_id})


def ask_to_reconcile(session: AnySession) -> None:
    """Have the worker compare now. Raises MoneyNotReady without keys."""
    the_gateway()
    enqueue_effect(session, "stripe.reconcile", {})
    record_audit(session, "books.compared", subject_type="reconciliation", subject_id="now")


def list_reconciliations(session: AnySession, *, most: int = 10) -> Sequence[Reconciliation]:
    """The last comparisons, the newest first."""
    return session.scalars(select(Reconciliation).order_by(Reconciliation.until.desc()).limit(most)).all()


@effect_handler("stripe.reconcile", waits=True)
def _when_asked(session: AnySession, payload: Payload) -> None:
    reconcile(session, the_gateway())


@periodic(24 * 3600, name="reconcile-with-stripe", per_tenant=False)
def _every_night(session: AnySession) -> None:
    if find_gateway() is not None:
        enqueue_effect(session, "stripe.reconcile", {})
