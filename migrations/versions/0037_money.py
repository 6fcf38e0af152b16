"""Agreements, payments with receipts, refunds, the journal, and what Stripe has told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from lumbung.migrate.walls import protect

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "money_agreements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("payer_name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("cadence", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("paid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_at_period_end", sa.Boolean(), nullable=False),
        sa.Column("order_pending", sa.Boolean(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stripe_customer_id", sa.Text(), nullable=True),
        sa.Column("stripe_session_id", sa.Text(), nullable=True),
        sa.Column("stripe_subscription_id", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_money_agreements_amount")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_money_agreements")),
    )
    protect("money_agreements", "global")
    op.create_index("ix_money_agreements_account", "money_agreements", ["account_id"], unique=False)
    op.create_index("ix_money_agreements_subject", "money_agreements", ["subject_type", "subject_id"], unique=False)
    op.create_index("uq_money_agreements_stripe_customer", "money_agreements", ["stripe_customer_id"], unique=True)
    op.create_index("uq_money_agreements_stripe_session", "money_agreements", ["stripe_session_id"], unique=True)
    op.create_index(
        "uq_money_agreements_stripe_subscription", "money_agreements", ["stripe_subscription_id"], unique=True
    )
    op.create_table(
        "money_receipt_counters",
        sa.Column("year", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_money_receipt_counters")),
    )
    protect("money_receipt_counters", "local")
    op.create_table(
        "money_reconciliations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("compared", sa.BigInteger(), nullable=False),
        sa.Column("stripe_balance", sa.BigInteger(), nullable=False),
        sa.Column("books_balance", sa.BigInteger(), nullable=False),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("open", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_money_reconciliations")),
    )
    protect("money_reconciliations", "global", append_only=True)
    op.create_table(
        "stripe_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("object_kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_events")),
    )
    protect("stripe_events", "global")
    op.create_index("ix_stripe_events_created_at", "stripe_events", ["created_at"], unique=False)
    op.create_index(
        "ix_stripe_events_waiting",
        "stripe_events",
        ["object_id"],
        unique=False,
        postgresql_where=sa.text("handled_at IS NULL"),
    )
    op.create_index("uq_stripe_events_event", "stripe_events", ["event_id"], unique=True)
    op.create_table(
        "money_payments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("charge_id", sa.Text(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("payer_name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("receipt_number", sa.Text(), nullable=False),
        sa.Column("receipt_code", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_money_payments_amount")),
        sa.ForeignKeyConstraint(["agreement_id"], ["money_agreements.id"], name=op.f("fk_money_payments_agreement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_money_payments")),
    )
    protect("money_payments", "global", append_only=True)
    op.create_index("ix_money_payments_agreement", "money_payments", ["agreement_id", "paid_at"], unique=False)
    op.create_index("ix_money_payments_paid_at", "money_payments", ["paid_at", "id"], unique=False)
    op.create_index("uq_money_payments_charge", "money_payments", ["charge_id"], unique=True)
    op.create_index("uq_money_payments_receipt_code", "money_payments", ["receipt_code"], unique=True)
    op.create_index("uq_money_payments_receipt_number", "money_payments", ["receipt_number"], unique=True)
    op.create_table(
        "money_journal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("debit", sa.Text(), nullable=False),
        sa.Column("credit", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=True),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("subject_type", sa.Text(), nullable=True),
        sa.Column("subject_id", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("settled", sa.BigInteger(), nullable=True),
        sa.Column("settled_currency", sa.Text(), nullable=True),
        sa.Column("booked_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_money_journal_amount")),
        sa.CheckConstraint("debit <> credit", name=op.f("ck_money_journal_two_accounts")),
        sa.ForeignKeyConstraint(["agreement_id"], ["money_agreements.id"], name=op.f("fk_money_journal_agreement_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["money_payments.id"], name=op.f("fk_money_journal_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_money_journal")),
    )
    protect("money_journal", "global", append_only=True)
    op.create_index("ix_money_journal_agreement", "money_journal", ["agreement_id"], unique=False)
    op.create_index("ix_money_journal_at", "money_journal", ["at", "id"], unique=False)
    op.create_index("ix_money_journal_payment", "money_journal", ["payment_id"], unique=False)
    op.create_index("ix_money_journal_subject", "money_journal", ["subject_type", "subject_id", "at"], unique=False)
    op.create_index("uq_money_journal_source", "money_journal", ["source"], unique=True)
    op.create_table(
        "money_refunds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("stripe_refund_id", sa.Text(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_money_refunds_amount")),
        sa.ForeignKeyConstraint(["payment_id"], ["money_payments.id"], name=op.f("fk_money_refunds_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_money_refunds")),
    )
    protect("money_refunds", "global")
    op.create_index("ix_money_refunds_payment", "money_refunds", ["payment_id"], unique=False)
    op.create_index("uq_money_refunds_stripe", "money_refunds", ["stripe_refund_id"], unique=True)


def downgrade() -> None:
    """Take back."""
    op.drop_index("uq_money_refunds_stripe", table_name="money_refunds")
    op.drop_index("ix_money_refunds_payment", table_name="money_refunds")
    op.drop_table("money_refunds")
    op.drop_index("uq_money_journal_source", table_name="money_journal")
    op.drop_index("ix_money_journal_subject", table_name="money_journal")
    op.drop_index("ix_money_journal_payment", table_name="money_journal")
    op.drop_index("ix_money_journal_at", table_name="money_journal")
    op.drop_index("ix_money_journal_agreement", table_name="money_journal")
    op.drop_table("money_journal")
    op.drop_index("uq_money_payments_receipt_number", table_name="money_payments")
    op.drop_index("uq_money_payments_receipt_code", table_name="money_payments")
    op.drop_index("uq_money_payments_charge", table_name="money_payments")
    op.drop_index("ix_money_payments_paid_at", table_name="money_payments")
    op.drop_index("ix_money_payments_agreement", table_name="money_payments")
    op.drop_table("money_payments")
    op.drop_index("uq_stripe_events_event", table_name="stripe_events")
    op.drop_index("ix_stripe_events_waiting", table_name="stripe_events")
    op.drop_index("ix_stripe_events_created_at", table_name="stripe_events")
    op.drop_table("stripe_events")
    op.drop_table("money_reconciliations")
    op.drop_table("money_receipt_counters")
    op.drop_index("uq_money_agreements_stripe_subscription", table_name="money_agreements")
    op.drop_index("uq_money_agreements_stripe_session", table_name="money_agreements")
    op.drop_index("uq_money_agreements_stripe_customer", table_name="money_agreements")
    op.drop_index("ix_money_agreements_subject", table_name="money_agreements")
    op.drop_index("ix_money_agreements_account", table_name="money_agreements")
    op.drop_table("money_agreements")
