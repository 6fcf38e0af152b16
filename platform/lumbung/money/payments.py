"""Payments and agreements as an operator looks through them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from lumbung.db.tenancy import AnySession
from lumbung.money.models import Agreement, AgreementStatus, Payment, Refund, RefundStatus
from lumbung.money.standing import given_back_of

PAGE = 50
CHOICES = 200


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """Payments, the newest first, and what of each went back; `older` is where the next page begins."""

    payments: Sequence[Payment]
    given_back: Mapping[UUID, int]
    older: UUID | None


@dataclass(frozen=True, slots=True)
class AgreementPage:
    """Agreements, the newest first; `older` is where the next page begins."""

    agreements: Sequence[Agreement]
    older: UUID | None


def list_payments(session: AnySession, *, words: str = "", before: UUID | None = None) -> PaymentPage:
    """Payments whose receipt, payer, purpose or charge fits the words, from after the payment `before` on."""
    query = select(Payment).order_by(Payment.paid_at.desc(), Payment.id.desc()).limit(PAGE + 1)
    if words := words.strip():
        query = query.where(
            or_(
                _fits(words, Payment.payer_name, Payment.description),
                Payment.receipt_number == words.upper(),
                Payment.receipt_code == words.upper(),
                Payment.charge_id == words,
            )
        )
    if before is not None:
        last = select(Payment.paid_at, Payment.id).where(Payment.id == before).scalar_subquery()
        query = query.where(tuple_(Payment.paid_at, Payment.id) < last)
    found = session.scalars(query).all()
    shown = found[:PAGE]
    older = shown[-1].id if len(found) > PAGE else None
    return PaymentPage(shown, given_back_of(session, [one.id for one in shown]), older)


def payments_of(session: AnySession, agreement_id: UUID) -> Sequence[Payment]:
    """What was paid under an agreement, the newest first."""
    mine = select(Payment).where(Payment.agreement_id == agreement_id)
    return session.scalars(mine.order_by(Payment.paid_at.desc(), Payment.id.desc())).all()


def refunds_of(session: AnySession, payment_id: UUID) -> Sequence[Refund]:
    """What was asked to go back of a payment, the newest first."""
    mine = select(Refund).where(Refund.payment_id == payment_id)
    return session.scalars(mine.order_by(Refund.created_at.desc(), Refund.id.desc())).all()


def failed_refunds(session: AnySession) -> int:
    """How many payments have a refund that failed and none since that stands."""
    mended = select(Refund.payment_id).where(Refund.status != RefundStatus.FAILED)
    failed = select(func.count(Refund.payment_id.distinct())).where(
        Refund.status == RefundStatus.FAILED, Refund.payment_id.not_in(mended)
    )
    return session.scalar(failed) or 0


def search_agreements(
    session: AnySession, *, words: str = "", status: str = "", before: UUID | None = None
) -> AgreementPage:
    """Agreements whose payer or purpose fits the words, from after the agreement `before` on; or the one whose id
    stands on a bank's statement, which may have lost its hyphens."""
    query = select(Agreement).order_by(Agreement.id.desc()).limit(PAGE + 1)
    if status in set(AgreementStatus):
        query = query.where(Agreement.status == status)
    if words := words.strip():
        fits = _fits(words, Agreement.payer_name, Agreement.description)
        with suppress(ValueError):
            fits = or_(fits, Agreement.id == UUID(words))
        query = query.where(fits)
    if before is not None:
        query = query.where(Agreement.id < before)
    found = session.scalars(query).all()
    return AgreementPage(found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None)


def newest_agreements(session: AnySession) -> Sequence[Agreement]:
    """The newest agreements, to choose one of."""
    return session.scalars(select(Agreement).order_by(Agreement.id.desc()).limit(CHOICES)).all()


def _fits(words: str, *columns: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    return or_(*(column.icontains(words, autoescape=True) for column in columns))
