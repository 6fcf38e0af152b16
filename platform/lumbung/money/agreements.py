"""Agreements: opened, paid on Stripe's page, changed and ended; and who is told when one changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from flask import has_request_context
from psycopg.errors import LockNotAvailable
from sqlalchemy import Select, select, text
from sqlalchemy.exc import OperationalError

from lumbung.audit import record_audit
from lumbung.db.clock import now
from lumbung.db.tenancy import AnySession
from lumbung.errors import Invalid, NotFound
from lumbung.i18n import Text, current_language, show_rupiah
from lumbung.money.asking import somebody_waits
from lumbung.money.errors import AgreementBusy, CannotChange, StripeRefused
from lumbung.money.gateway import Gateway, find_gateway, the_gateway
from lumbung.money.models import Agreement, AgreementStatus, Cadence
from lumbung.outbox import enqueue_effect

LEAST = 20_000
"""What Stripe takes at least in rupiah, with room to spare (https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts)."""
MOST = 1_000_000_000
"""By card, per payment. What is more comes to the bank, where it costs less."""
LOOK_SECONDS = 5
_WAIT_SECONDS = text("SET LOCAL lock_timeout = '3s'")
_WAIT_ALWAYS = text("SET LOCAL lock_timeout TO DEFAULT")
RUNNING = (AgreementStatus.ACTIVE, AgreementStatus.LATE)

_PAID_MEANWHILE = Text(
    "Pembayarannya sudah masuk, jadi tidak dapat dibatalkan lagi. Muat ulang halaman ini sebentar lagi.",
    "The payment has come in already, so it cannot be withdrawn any more. Reload this page in a moment.",
)
_NOT_OPEN = Text(
    "Ini sudah dibayar atau sudah dibatalkan. Muat ulang untuk melihatnya.",
    "This was paid or withdrawn already. Reload to see which.",
)

AgreementHandler = Callable[[AnySession, Agreement], None]
"""Told in the transaction in which an agreement changed: paid, paid again, failed, given back, ended. It may be told
of the same state more than once; must not commit."""

_handlers: dict[str, AgreementHandler] = {}
_Handler = TypeVar("_Handler", bound=AgreementHandler)
_Row = TypeVar("_Row")


def agreement_handler(kind: str) -> Callable[[_Handler], _Handler]:
    """Let the decorated function be told of every change of agreements of `kind` (`sponsorship`, `plan`)."""

    def register(handler: _Handler) -> _Handler:
        if kind in _handlers:
            raise ValueError(f"Agreements of kind {kind!r} have a handler already.")
        _handlers[kind] = handler
        return handler

    return register


def tell_of_change(session: AnySession, agreement: Agreement) -> None:
    """Tell the feature whose agreement this is that it changed."""
    session.flush()
    handler = _handlers.get(agreement.kind)
    if handler is not None:
        handler(session, agreement)


def open_agreement(
    session: AnySession,
    *,
    kind: str,
    account_id: UUID,
    payer_name: str,
    description: str,
    subject: tuple[str, str],
    amount: int,
    cadence: Cadence,
    most: int = MOST,
) -> Agreement:
    """A new agreement that nobody has paid yet. `most` is what is paid at most at once: more than by card when it comes
    to the bank. Raises Invalid for an amount out of bounds."""
    if not LEAST <= amount <= most:
        bounds = Text(
            f"Isi antara {show_rupiah(LEAST)} dan {show_rupiah(most)}.",
            f"Enter between {show_rupiah(LEAST)} and {show_rupiah(most)}.",
        )
        raise Invalid(fields={"amount": [str(bounds)]})
    agreement = Agreement(
        kind=kind,
        account_id=account_id,
        payer_name=payer_name,
        description=description,
        subject_type=subject[0],
        subject_id=subject[1],
        amount=amount,
        cadence=cadence,
        status=AgreementStatus.OPENED,
        cancel_at_period_end=False,
    )
    session.add(agreement)
    session.flush()
    record_audit(
        session,
        "agreement.opened",
        subject_type="agreement",
        subject_id=agreement.id,
        after={"kind": kind, "amount": amount, "cadence": cadence, "for": list(subject)},
    )
    return agreement


def start_checkout(session: AnySession, agreement: Agreement, *, email: str, success_url: str, cancel_url: str) -> str:
    """The address of Stripe's page on which this agreement is paid; the same page when it was asked for before.

    Raises MoneyNotReady, StripeUnreachable, StripeRefused; AgreementBusy as `lock_agreement` does; CannotChange when it
    is paid already or cannot be any more.
    """
    gateway = the_gateway()
    # Who asks in two windows at once is led to one page: what is paid on two is paid twice.
    agreement = lock_agreement(session, agreement.id)
    if agreement.status != AgreementStatus.OPENED:
        raise CannotChange
    with somebody_waits():
        if agreement.stripe_customer_id is None:
            agreement.stripe_customer_id = gateway.make_customer(agreement.id, name=agreement.payer_name, email=email)
        opened = (
            gateway.session(agreement.stripe_session_id)
            if agreement.stripe_session_id
            else gateway.open_checkout(
                agreement.id,
                customer_id=agreement.stripe_customer_id,
                amount=agreement.amount,
                monthly=agreement.cadence == Cadence.MONTHLY,
                description=agreement.description,
                language=current_language(),
                success_url=success_url,
                cancel_url=cancel_url,
            )
        )
    agreement.stripe_session_id = opened.id
    if opened.status != "open" or opened.url is None:
        look_again(session, agreement)
        raise CannotChange(
            Text(
                "Halaman pembayaran ini sudah dipakai atau kedaluwarsa. Muat ulang untuk melihat hasilnya, atau mulai "
                "lagi.",
                "This payment page was used already or has expired. Reload to see what came of it, or begin again.",
            )
        )
    return opened.url


def withdraw_agreement(session: AnySession, agreement: Agreement) -> None:
    """Take back what nobody has paid yet: Stripe's page is closed first, so that it cannot be paid any more, and no
    transfer is waited for.

    Raises CannotChange once it is paid, also when Stripe alone knows yet; StripeUnreachable and StripeRefused, with
    nothing changed; AgreementBusy as `lock_agreement` does.
    """
    agreement = lock_agreement(session, agreement.id)
    if agreement.status != AgreementStatus.OPENED:
        raise CannotChange(_NOT_OPEN)
    gateway = find_gateway()
    if gateway is not None and not _closed(gateway, agreement.stripe_session_id):
        look_again(session, agreement)
        raise CannotChange(_PAID_MEANWHILE)
    agreement.status = AgreementStatus.ABANDONED
    record_audit(session, "agreement.withdrawn", subject_type="agreement", subject_id=agreement.id)
    tell_of_change(session, agreement)


def _closed(gateway: Gateway, session_id: str | None) -> bool:
    if session_id is None:
        return True
    try:
        with somebody_waits():
            return gateway.close_session(session_id).status == "expired"
    except StripeRefused as error:
        if not error.missing:
            raise
        # It was opened with other keys (in test mode, say), so with these nobody pays there.
        return True


def get_agreement(session: AnySession, agreement_id: UUID, *, account_id: UUID | None = None) -> Agreement:
    """An agreement; with `account_id` only if it is theirs. Raises NotFound, the same for missing and another's."""
    found = session.get(Agreement, agreement_id)
    if found is None or (account_id is not None and found.account_id != account_id):
        raise NotFound
    return found


def end_agreement(session: AnySession, agreement: Agreement) -> None:
    """Let a monthly agreement end with the month that is paid: nothing is charged any more. Stripe is told by the
    worker. Raises CannotChange when it does not run or is not monthly."""
    _set_ending(session, agreement, ends=True)


def continue_agreement(session: AnySession, agreement: Agreement) -> None:
    """Let an agreement that was to end go on. Raises CannotChange when it is over already."""
    _set_ending(session, agreement, ends=False)


def change_agreement(session: AnySession, agreement: Agreement, *, amount: int, description: str) -> None:
    """Let a monthly agreement cost another amount from its next month on; nothing is charged or given back now.

    Stripe is told by the worker. Raises CannotChange when it does not run or is not monthly.
    """
    if agreement.cadence != Cadence.MONTHLY or agreement.status not in RUNNING:
        raise CannotChange
    before = {"amount": agreement.amount, "description": agreement.description}
    agreement.amount, agreement.description = amount, description
    _order(session, agreement)
    record_audit(
        session,
        "agreement.changed",
        subject_type="agreement",
        subject_id=agreement.id,
        before=before,
        after={"amount": amount, "description": description},
    )


def look_again(session: AnySession, agreement: Agreement) -> None:
    """Have the worker ask Stripe how the Checkout of an agreement stands, for somebody who comes back from it; once in
    a few seconds, however often they come."""
    if agreement.stripe_session_id is not None:
        moment = int(now().timestamp()) // LOOK_SECONDS
        enqueue_effect(
            session,
            "stripe.look",
            {"kind": "session", "id": agreement.stripe_session_id},
            dedupe_key=f"look-{agreement.id}-{moment}",
        )


def lock_agreement(session: AnySession, agreement_id: UUID) -> Agreement:
    """The agreement as it stands now, held until the transaction ends: what follows happens once at a time.

    Raises AgreementBusy in a request when another holds it for seconds: the worker, while Stripe does not answer.
    """
    return lock_one(session, select(Agreement).where(Agreement.id == agreement_id))


def lock_one(session: AnySession, query: Select[_Row]) -> _Row:
    """The one row of `query` as it stands now, held until the transaction ends. Raises as `lock_agreement` does."""
    locked = query.with_for_update().execution_options(populate_existing=True)
    if not has_request_context():
        return session.scalars(locked).one()
    session.execute(_WAIT_SECONDS)
    try:
        found = session.scalars(locked).one()
    except OperationalError as error:
        if not isinstance(error.orig, LockNotAvailable):
            raise
        raise AgreementBusy from error
    session.execute(_WAIT_ALWAYS)
    return found


def _set_ending(session: AnySession, agreement: Agreement, *, ends: bool) -> None:
    if agreement.cadence != Cadence.MONTHLY or agreement.status not in RUNNING:
        raise CannotChange
    if agreement.cancel_at_period_end == ends:
        return
    agreement.cancel_at_period_end = ends
    _order(session, agreement)
    record_audit(
        session,
        "agreement.ending" if ends else "agreement.continued",
        subject_type="agreement",
        subject_id=agreement.id,
    )
    tell_of_change(session, agreement)


def _order(session: AnySession, agreement: Agreement) -> None:
    if agreement.stripe_subscription_id is None:
        # It is paid by transfers to the bank, of which Stripe knows nothing.
        return
    agreement.order_pending = True
    enqueue_effect(session, "stripe.look", {"kind": "subscription", "id": agreement.stripe_subscription_id})
