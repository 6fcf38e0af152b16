"""What Stripe says of its objects, as far as Lumbung acts on it; amounts in hundredths of a rupiah."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

CARD_TAKEN = "card"
"""The metadata of a subscription that name the card which was taken for it last."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """A movement of the balance. It never changes; `amount` is signed, `fee` is what Stripe kept of it.

    Both are in the smallest unit of `currency`, in which the account is settled. `rate` is how much of that one unit of
    what was charged gave, None when nothing was exchanged.
    """

    id: str
    kind: str
    amount: int
    fee: int
    currency: str
    rate: float | None
    at: datetime
    source: str | None
    description: str

    @classmethod
    def of(cls, told: Any) -> Transaction:
        return cls(
            id=told.id,
            kind=told.type,
            amount=told.amount,
            fee=told.fee,
            currency=told.currency,
            rate=told.exchange_rate,
            at=_moment(told.created),
            source=_id(told.source),
            description=told.description or "",
        )


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge; `transaction` is None while the money is not there."""

    id: str
    amount: int
    currency: str
    paid: bool
    disputed: bool
    customer: str | None
    description: str
    at: datetime
    transaction: Transaction | None

    @classmethod
    def of(cls, told: Any) -> Charge:
        return cls(
            id=told.id,
            amount=told.amount,
            currency=told.currency,
            paid=bool(told.paid) and told.status == "succeeded",
            disputed=bool(getattr(told, "disputed", False)),
            customer=_id(told.customer),
            description=told.description or "",
            at=_moment(told.created),
            transaction=_transaction(told.balance_transaction),
        )


@dataclass(frozen=True, slots=True)
class RefundTold:
    """A refund. `ours` is the id of our refund that asked for it, None when it was made at Stripe's own pages."""

    id: str
    amount: int
    status: str
    ours: str | None
    failure: str | None
    transactions: tuple[Transaction, ...]

    @classmethod
    def of(cls, told: Any) -> RefundTold:
        both = (told.balance_transaction, getattr(told, "failure_balance_transaction", None))
        metadata = getattr(told, "metadata", None)
        return cls(
            id=told.id,
            amount=told.amount,
            status=told.status or "pending",
            ours=None if metadata is None else metadata.to_dict().get("refund"),
            failure=getattr(told, "failure_reason", None),
            transactions=tuple(made for one in both if (made := _transaction(one)) is not None),
        )


@dataclass(frozen=True, slots=True)
class Dispute:
    """A payer asked the bank for the money back; `transactions` are what that moved."""

    id: str
    status: str
    transactions: tuple[Transaction, ...]

    @classmethod
    def of(cls, told: Any) -> Dispute:
        return cls(
            id=told.id,
            status=told.status,
            transactions=tuple(Transaction.of(one) for one in told.balance_transactions),
        )


@dataclass(frozen=True, slots=True)
class Payout:
    """Money that went from Stripe to the bank, or came back because it could not."""

    id: str
    status: str
    transactions: tuple[Transaction, ...]

    @classmethod
    def of(cls, told: Any) -> Payout:
        both = (told.balance_transaction, getattr(told, "failure_balance_transaction", None))
        return cls(
            id=told.id,
            status=told.status,
            transactions=tuple(made for one in both if (made := _transaction(one)) is not None),
        )


@dataclass(frozen=True, slots=True)
class Session:
    """A Checkout: `open`, `complete` or `expired`, and where it is paid."""

    id: str
    status: str
    paid: bool
    url: str | None
    customer: str | None
    subscription: str | None
    intent: str | None

    @classmethod
    def of(cls, told: Any) -> Session:
        return cls(
            id=told.id,
            status=told.status or "open",
            paid=told.payment_status in {"paid", "no_payment_required"},
            url=told.url,
            customer=_id(told.customer),
            subscription=_id(told.subscription),
            intent=_id(told.payment_intent),
        )


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription. `paid_until` is the end of what is paid: of its running month when that is paid, else its
    beginning. `owed` is the invoice of that month while it is open.

    `card` is what the payer gave on Stripe's page last, `new_card` the same while the subscription has not taken it:
    Stripe makes it the customer's own and goes on charging the card that the subscription began with.
    """

    id: str
    customer: str
    status: str
    item_id: str
    amount: int
    paid_until: datetime
    cancel_at_period_end: bool
    ended_at: datetime | None
    owed: str | None
    card: str | None
    new_card: str | None

    @classmethod
    def of(cls, told: Any) -> Subscription:
        # `items` is a method of what the SDK gives, so the field is asked for by its key.
        item = told["items"].data[0]
        ended = None if told.ended_at is None else _moment(told.ended_at)
        until = _moment(item.current_period_end)
        latest = told.latest_invoice
        if latest is not None and latest.status != "paid":
            until = _moment(item.current_period_start)
        elif ended is not None:
            until = min(until, ended)
        card = _card(told)
        return cls(
            id=told.id,
            customer=str(_id(told.customer)),
            status=told.status,
            item_id=item.id,
            amount=int(item.price.unit_amount or 0),
            paid_until=until,
            cancel_at_period_end=bool(told.cancel_at_period_end) or told.cancel_at is not None,
            ended_at=ended,
            owed=latest.id if latest is not None and latest.status == "open" else None,
            card=card,
            new_card=None if card == told.metadata.to_dict().get(CARD_TAKEN) else card,
        )


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice of a subscription, with Stripe's own page of it; on that page one that is `open` is paid, also by
    another card. `amount` is in hundredths."""

    id: str
    number: str
    status: str
    amount: int
    at: datetime
    url: str | None

    @classmethod
    def of(cls, told: Any) -> Invoice:
        return cls(
            id=told.id,
            number=told.number or "",
            status=told.status or "",
            amount=int(told.total),
            at=_moment(told.created),
            url=told.hosted_invoice_url,
        )


def _card(told: Any) -> str | None:
    # An id alone was not expanded; a customer who was deleted has no settings.
    settings = getattr(told.customer, "invoice_settings", None)
    return None if settings is None else _id(settings.default_payment_method)


def _transaction(told: Any) -> Transaction | None:
    # An id alone was not expanded: there is nothing to read.
    return None if told is None or isinstance(told, str) else Transaction.of(told)


def _id(told: Any) -> str | None:
    return None if told is None else str(getattr(told, "id", told))


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
