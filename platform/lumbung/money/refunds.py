"""Giving back: asked for once by one operator, done by Stripe, booked when Stripe has done it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from lumbung.audit import record_audit
from lumbung.db.clock import now
from lumbung.db.tenancy import AnySession
from lumbung.errors import NotFound
from lumbung.i18n import Text, show_rupiah
from lumbung.ids import new_id
from lumbung.money.agreements import lock_agreement, tell_of_change
from lumbung.money.booking import INCOME, book_movement, to_rupiah
from lumbung.money.books import Transfer, given_back, post
from lumbung.money.chart import BookAccount
from lumbung.money.errors import RefundRefused, StripeRefused
from lumbung.money.gateway import Gateway, the_gateway
from lumbung.money.models import Agreement, Payment, Refund, RefundStatus
from lumbung.money.told import RefundTold
from lumbung.outbox import GiveUp, Payload, effect_handler, enqueue_effect

_STANDING = {"succeeded": RefundStatus.DONE, "failed": RefundStatus.FAILED, "canceled": RefundStatus.FAILED}
_DONE_BEFORE = Text(
    "Pengembalian sebelumnya, yang tercatat gagal, ternyata sudah dibuat Stripe. Lihat sisanya, lalu minta lagi bila "
    "masih perlu.",
    "The refund before, noted as failed, had been made by Stripe after all. See what is left, and ask again if it is "
    "still needed.",
)
AT_STRIPE = "Dibuat di halaman Stripe / Made at Stripe’s own pages"


def refundable(session: AnySession, payment: Payment) -> int:
    """How much of a payment can still be given back, in whole rupiah: less what went back and what is asked for.

    Stripe may take the money of a refund before it says that it is done: that is not counted twice.
    """
    standing = session.scalar(
        select(func.coalesce(func.sum(Refund.amount), 0)).where(
            Refund.payment_id == payment.id, Refund.status != RefundStatus.FAILED
        )
    )
    refunded = given_back(session, payment.id, kinds=("refund",))
    disputed = given_back(session, payment.id, kinds=("dispute",))
    return max(0, payment.amount - max(refunded, int(standing or 0)) - disputed)


def get_payment(session: AnySession, payment_id: UUID) -> Payment:
    """A payment. Raises NotFound."""
    found = session.get(Payment, payment_id)
    if found is None:
        raise NotFound
    return found


def ask_refund(
    session: AnySession, payment_id: UUID, *, amount: int, reason: str, seen: int, by: UUID | None
) -> Refund:
    """Ask that `amount` whole rupiah of a payment go back; Stripe is told by the worker.

    `seen` is how much could be given back when the operator looked: when another was faster, nothing happens.
    Raises NotFound; RefundRefused for an amount that is not above zero, more than what is left, or when another
    operator was faster.
    """
    payment = get_payment(session, payment_id)
    # One at a time for each agreement: who comes second sees what the first asked for.
    agreement = lock_agreement(session, payment.agreement_id)
    left = refundable(session, payment)
    if amount <= 0:
        raise RefundRefused(
            Text("Jumlah pengembalian harus lebih dari nol.", "The amount to give back must be above zero.")
        )
    if left != seen:
        raise RefundRefused(
            Text(
                "Pengelola lain baru saja mengembalikan sebagian atau seluruhnya; sekarang sisanya "
                f"{show_rupiah(left)}. Periksa dahulu, lalu isi lagi bila masih perlu.",
                f"Another operator has just given some or all of it back; {show_rupiah(left)} is left now. "
                "Look first, then enter it again if it is still needed.",
            )
        )
    if amount > left:
        raise RefundRefused(
            Text(
                f"Paling banyak {show_rupiah(left)} yang masih dapat dikembalikan dari pembayaran ini.",
                f"At most {show_rupiah(left)} of this payment can still be given back.",
            )
        )
    refund = Refund(payment_id=payment.id, amount=amount, reason=reason, asked_by=by, status=RefundStatus.ASKED)
    session.add(refund)
    session.flush()
    record_audit(
        session,
        "refund.asked",
        subject_type="payment",
        subject_id=payment.id,
        after={"amount": amount, "reason": reason, "receipt": payment.receipt_number},
    )
    if payment.charge_id is None:
        _give_back_from_bank(session, refund, payment, agreement)
    else:
        enqueue_effect(session, "stripe.refund", {"refund": str(refund.id)})
    return refund


def bring_refund(session: AnySession, told: RefundTold, agreement: Agreement | None, payment: Payment | None) -> None:
    """Book what Stripe says of a refund, and note where it stands; the agreement is locked by the caller."""
    for movement in told.transactions:
        book_movement(session, movement, agreement=agreement, payment=payment, kind="refund", charged=told.amount)
    if payment is None:
        return
    status = _STANDING.get(told.status, RefundStatus.ASKED)
    known = _known(session, told, payment)
    if known is None:
        session.execute(
            insert(Refund)
            .values(
                id=new_id(),
                created_at=now(),
                payment_id=payment.id,
                amount=to_rupiah(told.amount),
                reason=AT_STRIPE,
                status=status,
                stripe_refund_id=told.id,
                failure=told.failure,
                done_at=now() if status == RefundStatus.DONE else None,
            )
            .on_conflict_do_nothing(index_elements=["stripe_refund_id"])
        )
        return
    known.stripe_refund_id = told.id
    if known.status != status:
        known.done_at = now() if status == RefundStatus.DONE else None
    known.status, known.failure = status, told.failure


def _known(session: AnySession, told: RefundTold, payment: Payment) -> Refund | None:
    query = select(Refund).where(Refund.payment_id == payment.id)
    mine = Refund.stripe_refund_id == told.id
    ours = _id_in(told.ours)
    if ours is not None:
        mine = (Refund.id == ours) | mine
    return session.scalars(query.where(mine)).first()


def _id_in(written: str | None) -> UUID | None:
    """The id that somebody wrote beside a refund; at Stripe's own pages people write what they like there."""
    try:
        return UUID(written or "")
    except ValueError:
        return None


def _came_late(session: AnySession, gateway: Gateway, asked: Refund, agreement: Agreement, payment: Payment) -> bool:
    """Whether a refund that was given up here turns out to have been made at Stripe: who asked anew did not know."""
    failed = (Refund.payment_id == payment.id, Refund.status == RefundStatus.FAILED, Refund.id != asked.id)
    before = set(session.scalars(select(Refund.id).where(*failed)))
    if not before or payment.charge_id is None:
        return False
    for told in gateway.refunds_of(payment.charge_id):
        if told.ours != str(asked.id):
            bring_refund(session, told, agreement, payment)
    session.flush()
    return before != set(session.scalars(select(Refund.id).where(*failed)))


def _give_back_from_bank(session: AnySession, refund: Refund, payment: Payment, agreement: Agreement) -> None:
    """What came to the bank goes back from the bank, by hand; the books say so at once."""
    refund.status, refund.done_at = RefundStatus.DONE, now()
    post(
        session,
        Transfer(
            at=now(),
            debit=INCOME.get(agreement.kind, BookAccount.UNATTRIBUTED),
            credit=BookAccount.BANK,
            amount=refund.amount,
            source=f"bank-refund:{refund.id}",
            kind="refund",
            agreement_id=agreement.id,
            payment_id=payment.id,
            subject=(agreement.subject_type, agreement.subject_id),
            note=refund.reason,
            booked_by=refund.asked_by,
        ),
    )
    tell_of_change(session, agreement)


def _given_up(session: AnySession, payload: Payload, reason: str) -> None:
    refund = session.get(Refund, UUID(payload["refund"]))
    if refund is not None and refund.status == RefundStatus.ASKED and refund.stripe_refund_id is None:
        refund.status, refund.failure = RefundStatus.FAILED, reason


@effect_handler("stripe.refund", on_failure=_given_up, waits=True)
def _do_refund(session: AnySession, payload: Payload) -> None:
    refund = session.get(Refund, UUID(payload["refund"]))
    if refund is None or refund.status != RefundStatus.ASKED:
        return
    payment = get_payment(session, refund.payment_id)
    agreement = lock_agreement(session, payment.agreement_id)
    gateway = the_gateway()
    if payment.charge_id is None:
        return
    charge = gateway.charge(payment.charge_id)
    if charge.customer != agreement.stripe_customer_id:
        raise GiveUp("The charge belongs to somebody else.")
    if _came_late(session, gateway, refund, agreement, payment):
        refund.status, refund.failure = RefundStatus.FAILED, str(_DONE_BEFORE)
        tell_of_change(session, agreement)
        return
    try:
        told = gateway.refund(payment.charge_id, amount=refund.amount, refund_id=refund.id)
    except StripeRefused as refused:
        refund.status, refund.failure = RefundStatus.FAILED, refused.said
        return
    bring_refund(session, told, agreement, payment)
    tell_of_change(session, agreement)
