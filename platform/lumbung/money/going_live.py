"""What stands and what is missing for payments by card, and how the money side fares."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from lumbung.db.clock import now
from lumbung.db.tenancy import AnySession
from lumbung.money.models import Reconciliation, StripeEvent
from lumbung.settings import Settings

WEBHOOK_PATH = "/stripe/events"
WEBHOOK_EVENTS = (
    "charge.succeeded",
    "charge.updated",
    "charge.failed",
    "charge.refunded",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "checkout.session.completed",
    "checkout.session.expired",
    "customer.updated",
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
    "invoice.paid",
    "invoice.payment_failed",
    "payout.created",
    "payout.paid",
    "payout.failed",
    "payout.canceled",
    "refund.created",
    "refund.updated",
    "refund.failed",
)
"""What Stripe is asked to tell; each leads to something that is looked at anew (`events.subject_of`)."""
LATE = timedelta(hours=30)
"""A comparison is made every night; one that is older than this was missed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyHealth:
    """How the money side fares. `unhandled` are events that came and that nobody has looked into for an hour."""

    key: bool
    secrets: int
    live: bool
    last_event_at: datetime | None
    unhandled: int
    compared_at: datetime | None
    findings: int

    @property
    def ready(self) -> bool:
        """Whether people can pay by card here, and Stripe be heard."""
        return self.key and self.secrets > 0

    @property
    def overdue(self) -> bool:
        """Whether the nightly comparison was missed."""
        return self.ready and self.compared_at is not None and now() - self.compared_at > LATE

    @property
    def troubled(self) -> bool:
        """Whether an operator should look."""
        return bool(self.unhandled or self.findings or self.overdue or (self.key and not self.secrets))


def read_health(session: AnySession, settings: Settings) -> MoneyHealth:
    """How the money side fares now."""
    last = session.execute(
        select(Reconciliation.created_at, Reconciliation.open).order_by(Reconciliation.until.desc()).limit(1)
    ).one_or_none()
    unhandled = select(func.count()).where(
        StripeEvent.handled_at.is_(None), StripeEvent.created_at < now() - timedelta(hours=1)
    )
    return MoneyHealth(
        key=settings.stripe_secret_key is not None,
        secrets=len(settings.stripe_webhook_secrets),
        live=settings.stripe_live,
        last_event_at=session.scalar(select(func.max(StripeEvent.created_at))),
        unhandled=session.scalar(unhandled) or 0,
        compared_at=last.created_at if last else None,
        findings=last.open if last else 0,
    )
