"""Agreements, payments, refunds, the journal, and what Stripe has told. All of it is the platform's own."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from lumbung.db.base import GlobalTable, LocalTable
from lumbung.db.clock import now


class Cadence(StrEnum):
    """How often an agreement is paid."""

    ONCE = "once"
    MONTHLY = "monthly"


class AgreementStatus(StrEnum):
    """Where an agreement stands; what is said of it follows from what Stripe says of its subscription or session."""

    OPENED = "opened"
    """Nothing is paid yet: the payer is on Stripe's page, or never came back."""
    ACTIVE = "active"
    """Monthly, and paid."""
    LATE = "late"
    """Monthly; the last payment failed and Stripe tries again."""
    PAID = "paid"
    """Once, and paid."""
    ENDED = "ended"
    """Monthly, and over."""
    ABANDONED = "abandoned"
    """Nothing was ever paid, and cannot be any more."""


class RefundStatus(StrEnum):
    """Where a refund stands."""

    ASKED = "asked"
    DONE = "done"
    FAILED = "failed"


class Agreement(GlobalTable):
    """Somebody agreed to pay for something: a sponsorship or a plan, which say the rest in tables of their own.

    `amount` is in whole rupiah, per month when monthly. `subject_type` and `subject_id` name what it is for, in
    statements too. `payer_name` stands on receipts. `paid_until` is the end of the month that is paid;
    `cancel_at_period_end` says that it ends there. `order_pending`: what stands here was decided here and Stripe is
    still to be told.
    """

    __tablename__ = "money_agreements"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        Index("ix_money_agreements_subject", "subject_type", "subject_id"),
        Index("ix_money_agreements_account", "account_id"),
        Index("uq_money_agreements_stripe_customer", "stripe_customer_id", unique=True),
        Index("uq_money_agreements_stripe_subscription", "stripe_subscription_id", unique=True),
        Index("uq_money_agreements_stripe_session", "stripe_session_id", unique=True),
    )

    kind: Mapped[str]
    account_id: Mapped[UUID]
    payer_name: Mapped[str]
    description: Mapped[str]
    subject_type: Mapped[str]
    subject_id: Mapped[str]
    amount: Mapped[int]
    cadence: Mapped[str]
    status: Mapped[str] = mapped_column(default=AgreementStatus.OPENED)
    paid_until: Mapped[datetime | None]
    cancel_at_period_end: Mapped[bool] = mapped_column(default=False)
    order_pending: Mapped[bool] = mapped_column(default=False)
    ended_at: Mapped[datetime | None]
    stripe_customer_id: Mapped[str | None]
    stripe_session_id: Mapped[str | None]
    stripe_subscription_id: Mapped[str | None]
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)


class Payment(GlobalTable):
    """Money that was received, with its receipt. It is never changed; what was given back stands beside it.

    `charge_id` is Stripe's; NULL for what came to the bank. `description` and `payer_name` are what they were then.
    """

    __tablename__ = "money_payments"
    __append_only__ = True
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        Index("uq_money_payments_charge", "charge_id", unique=True),
        Index("uq_money_payments_receipt_number", "receipt_number", unique=True),
        Index("uq_money_payments_receipt_code", "receipt_code", unique=True),
        Index("ix_money_payments_agreement", "agreement_id", "paid_at"),
        Index("ix_money_payments_paid_at", "paid_at", "id"),
    )

    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("money_agreements.id"))
    charge_id: Mapped[str | None]
    amount: Mapped[int]
    paid_at: Mapped[datetime]
    payer_name: Mapped[str]
    description: Mapped[str]
    receipt_number: Mapped[str]
    receipt_code: Mapped[str]


class Refund(GlobalTable):
    """Money of a payment that goes back; `reason` and who asked are kept. `stripe_refund_id` once Stripe knows it."""

    __tablename__ = "money_refunds"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        Index("uq_money_refunds_stripe", "stripe_refund_id", unique=True),
        Index("ix_money_refunds_payment", "payment_id"),
    )

    payment_id: Mapped[UUID] = mapped_column(ForeignKey("money_payments.id"))
    amount: Mapped[int]
    reason: Mapped[str]
    asked_by: Mapped[UUID | None]
    status: Mapped[str] = mapped_column(default=RefundStatus.ASKED)
    stripe_refund_id: Mapped[str | None]
    failure: Mapped[str | None]
    done_at: Mapped[datetime | None]


class JournalEntry(GlobalTable):
    """One transfer of `amount` whole rupiah from the account `credit` to the account `debit`: balanced by itself.

    `source` names what it stands for (`txn_…`, `txn_…:fee`, `bank:<payment>`, `manual:<id>`) and is there once.
    `settled` is the same in the smallest unit of the currency that Stripe settles in (hundredths of a rupiah), so that
    what was rounded can be explained; NULL for what Stripe has nothing to do with.
    """

    __tablename__ = "money_journal"
    __append_only__ = True
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("debit <> credit", name="two_accounts"),
        Index("uq_money_journal_source", "source", unique=True),
        Index("ix_money_journal_at", "at", "id"),
        Index("ix_money_journal_agreement", "agreement_id"),
        Index("ix_money_journal_payment", "payment_id"),
        Index("ix_money_journal_subject", "subject_type", "subject_id", "at"),
    )

    at: Mapped[datetime]
    debit: Mapped[str]
    credit: Mapped[str]
    amount: Mapped[int]
    source: Mapped[str]
    kind: Mapped[str]
    agreement_id: Mapped[UUID | None] = mapped_column(ForeignKey("money_agreements.id"))
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("money_payments.id"))
    subject_type: Mapped[str | None]
    subject_id: Mapped[str | None]
    note: Mapped[str] = mapped_column(default="")
    settled: Mapped[int | None]
    settled_currency: Mapped[str | None]
    booked_by: Mapped[UUID | None]


class StripeEvent(GlobalTable):
    """An event that Stripe has told: which, and what it is about. What it says is asked anew, so nothing of its content
    is kept."""

    __tablename__ = "stripe_events"
    __table_args__ = (
        Index("uq_stripe_events_event", "event_id", unique=True),
        Index("ix_stripe_events_created_at", "created_at"),
        Index("ix_stripe_events_waiting", "object_id", postgresql_where=text("handled_at IS NULL")),
    )

    event_id: Mapped[str]
    kind: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[str]
    happened_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]


class Reconciliation(GlobalTable):
    """One nightly comparison of the books with what Stripe lists; amounts in hundredths of a rupiah.

    `findings` are the differences that were found, each with what was done about it. `open` counts those that a person
    must look at.
    """

    __tablename__ = "money_reconciliations"
    __append_only__ = True

    since: Mapped[datetime]
    until: Mapped[datetime]
    compared: Mapped[int]
    stripe_balance: Mapped[int]
    books_balance: Mapped[int]
    findings: Mapped[list[Any]] = mapped_column(JSONB)
    open: Mapped[int]


class ReceiptCounter(LocalTable):
    """The last number of a receipt in a year, so that there is no gap."""

    __tablename__ = "money_receipt_counters"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]
