"""Movements of the balance in the books: rounding, other currencies, and what is nobody's."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from lumbung.money.booking import book_movement, in_rupiah, to_rupiah
from lumbung.money.books import Transfer, balances, post
from lumbung.money.chart import BookAccount
from lumbung.money.models import JournalEntry
from lumbung.money.told import Charge, Transaction

_AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def _movement(kind: str, amount: int, fee: int = 0, currency: str = "idr") -> Transaction:
    return Transaction(
        id="txn_1", kind=kind, amount=amount, fee=fee, currency=currency, at=_AT, source=None, description="", rate=None
    )


def _charge(amount: int, currency: str) -> Charge:
    return Charge(
        id="ch_1",
        amount=amount,
        currency=currency,
        paid=True,
        disputed=False,
        customer=None,
        description="",
        at=_AT,
        transaction=None,
    )


@pytest.mark.parametrize(("hundredths", "rupiah"), [(0, 0), (1, 1), (49, 1), (149, 1), (150, 2), (12_345_649, 123_456)])
def test_hundredths_become_whole_rupiah_halves_up_and_never_nothing(hundredths: int, rupiah: int) -> None:
    assert to_rupiah(hundredths) == rupiah


@pytest.mark.parametrize(
    ("kind", "account", "held"),
    [
        ("payout", BookAccount.BANK, 70),
        ("payout_failure", BookAccount.BANK, 70),
        ("stripe_fee", BookAccount.FEES, 70),
        ("adjustment", BookAccount.UNATTRIBUTED, 70),
        ("something_new", BookAccount.UNATTRIBUTED, 70),
    ],
)
def test_each_kind_has_its_other_side(
    session: scoped_session[Session], kind: str, account: BookAccount, held: int
) -> None:
    book_movement(session, _movement(kind, -7_000))
    book_movement(session, _movement(kind, -7_000))
    assert (balances(session)[account], balances(session)[BookAccount.STRIPE]) == (held, -held)


def test_an_account_settled_in_another_currency_is_booked_by_what_was_charged(
    session: scoped_session[Session],
) -> None:
    # Rp 250.000 gave 20.00 Singapore dollars, of which Stripe kept 1.00.
    charged = in_rupiah(_charge(25_000_000, "idr"), _movement("charge", 2_000, 100, "sgd"))
    book_movement(session, _movement("charge", 2_000, 100, "sgd"), kind="charge", charged=charged)
    rows = session.scalars(select(JournalEntry).order_by(JournalEntry.source)).all()
    assert [(row.amount, row.settled, row.settled_currency) for row in rows] == [
        (250_000, 2_000, "sgd"),
        (12_500, 100, "sgd"),
    ]


def test_what_is_neither_charged_nor_settled_in_rupiah_is_not_guessed(session: scoped_session[Session]) -> None:
    assert in_rupiah(_charge(2_000, "usd"), _movement("charge", 2_700, 0, "sgd")) is None
    assert in_rupiah(_charge(2_000, "usd"), _movement("charge", 30_000_000)) == 30_000_000
    book_movement(session, _movement("payout", -2_000, 0, "sgd"))
    assert session.scalars(select(JournalEntry)).all() == []


@pytest.mark.parametrize("amount", [0, -1])
def test_a_transfer_moves_more_than_nothing_between_two_accounts(session: scoped_session[Session], amount: int) -> None:
    words = {"at": _AT, "source": "x", "kind": "cost"}
    with pytest.raises(ValueError, match="moves more"):
        post(session, Transfer(debit=BookAccount.BANK, credit=BookAccount.STRIPE, amount=amount, **words))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="moves more"):
        post(session, Transfer(debit=BookAccount.BANK, credit=BookAccount.BANK, amount=5, **words))  # type: ignore[arg-type]
