"""Sums of the journal, what an operator writes into it, and what must hold of it after every test."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, LiteralString
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from lumbung.db import now, set_clock
from lumbung.errors import Conflict, Invalid
from lumbung.ids import new_id
from lumbung.money.agreements import end_agreement, open_agreement
from lumbung.money.bank import look_after_bank_agreements, note_bank_payment
from lumbung.money.books import Transfer, balances, post
from lumbung.money.by_hand import attribute_entry, is_waiting, note_cost, reverse_entry
from lumbung.money.chart import BookAccount
from lumbung.money.errors import CannotChange
from lumbung.money.models import Agreement, AgreementStatus, Cadence, JournalEntry, Payment
from lumbung.money.periods import Period, month_later, read_period
from lumbung.money.refunds import ask_refund
from lumbung.money.statements import By, Measure, public_totals, read_statement, touches
from tests.books import WRONG_IN_BOOKS
from tests.money_world import add_payment, paid_agreement

Sessions = scoped_session[Session]
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


def _moment(month: int, day: int = 15) -> datetime:
    return datetime(2026, month, day, 5, tzinfo=UTC)


def _agreed(session: Sessions, cadence: Cadence = Cadence.ONCE, *, amount: int = 500_000) -> Agreement:
    return open_agreement(
        session,
        kind="sponsorship",
        account_id=new_id(),
        payer_name="CV Padi",
        description="Sponsor",
        subject=("platform", "lumbung"),
        amount=amount,
        cadence=cadence,
    )


def _cost(session: Sessions, amount: int = 100_000, *, key: UUID | None = None, at: datetime | None = None) -> bool:
    return note_cost(
        session,
        account=BookAccount.HOSTING,
        amount=amount,
        at=at or now(),
        subject=("municipality", "m1"),
        note="Server bulan ini",
        by=None,
        key=key or new_id(),
    )


def _fill(session: Sessions) -> None:
    """A year: two sponsors of one city, a plan of a programme, a refund from the bank, and hosting for the city."""
    paid_agreement(session, subject=("municipality", "m1"), amount=340_000, at=_moment(2))
    twice = paid_agreement(session, subject=("app", "a1"), amount=680_000, at=_moment(3))
    add_payment(session, twice, at=_moment(4))
    paid_agreement(session, kind="plan", subject=("programme", "p1"), amount=1_020_000, at=_moment(4))
    by_bank = note_bank_payment(
        session, _agreed(session), amount=500_000, paid_at=_moment(4), reference="TRF 1", by=None
    )
    with set_clock(_moment(5)):
        ask_refund(session, by_bank.id, amount=200_000, reason="Kelebihan", seen=500_000, by=None)
    _cost(session, 90_000, at=_moment(5))
    # The last night of the year in London is the first morning of the next in Jakarta.
    paid_agreement(session, amount=34_000, at=datetime(2026, 12, 31, 20, tzinfo=UTC))
    session.flush()


def test_a_statement_says_what_came_went_back_was_kept_and_spent(session: Sessions) -> None:
    with set_clock(datetime(2027, 1, 5, tzinfo=UTC)):
        _fill(session)
        found = read_statement(session, YEAR, By.MONTH)
    lines = {line.key: line.figures for line in found.lines}
    assert list(lines) == ["2026-02", "2026-03", "2026-04", "2026-05"]
    april = lines["2026-04"]
    assert (april.received, april.given_back, april.fees, april.net) == (2_200_000, 0, 50_000, 2_150_000)
    assert (lines["2026-05"].given_back, lines["2026-05"].costs, lines["2026-05"].left) == (200_000, 90_000, -290_000)
    assert found.total.received == 340_000 + 680_000 + 2_200_000
    totals = {}
    for by in By:
        statement = read_statement(session, YEAR, by)
        totals[by] = statement.total
    assert set(totals.values()) == {found.total}
    by_city = read_statement(session, YEAR, By.MUNICIPALITY)
    assert [(line.key, line.figures.received, line.figures.costs) for line in by_city.lines] == [
        ("m1", 340_000, 90_000),
        ("", 2_880_000, 0),
    ]
    by_kind = read_statement(session, YEAR, By.KIND)
    assert [line.key for line in by_kind.lines] == ["sponsorship", "plan", ""]


def test_the_rows_behind_a_figure_add_up_to_it(session: Sessions) -> None:
    with set_clock(datetime(2027, 1, 5, tzinfo=UTC)):
        _fill(session)
    total = read_statement(session, YEAR, By.MONTH).total
    for measure in Measure:
        rows = session.scalars(
            select(JournalEntry).where(touches(measure), JournalEntry.at < YEAR.until, JournalEntry.at >= YEAR.since)
        )
        assert sum(row.amount for row in rows) == getattr(total, measure)


def test_everybody_may_know_the_sums_of_years(session: Sessions) -> None:
    with set_clock(datetime(2027, 1, 5, tzinfo=UTC)):
        _fill(session)
    later, year = public_totals(session)
    assert (later.year, later.sponsored, later.fees) == (2027, 34_000, 1_000)
    assert (year.sponsored, year.plans, year.given_back) == (2_200_000, 1_020_000, 200_000)
    assert (year.fees, year.hosting, year.assistance, year.other_costs) == (80_000, 90_000, 0, 0)


def test_a_transfer_to_the_bank_makes_a_receipt_and_pays(session: Sessions) -> None:
    agreement, key = _agreed(session), new_id()
    made = [
        note_bank_payment(session, agreement, amount=500_000, paid_at=now(), reference="TRF 9", by=None, key=key)
        for _ in range(2)
    ]
    assert made[0] is made[1]
    assert made[0].receipt_number.startswith("KW/")
    assert made[0].charge_id is None
    assert agreement.status == AgreementStatus.PAID
    assert balances(session)[BookAccount.BANK] == 500_000
    with pytest.raises(CannotChange):
        note_bank_payment(session, agreement, amount=500_000, paid_at=now(), reference="TRF 10", by=None)


def test_monthly_transfers_pay_month_by_month_and_silence_ends_it(session: Sessions) -> None:
    agreement = _agreed(session, Cadence.MONTHLY)
    note_bank_payment(session, agreement, amount=500_000, paid_at=_moment(1, 31), reference="A", by=None)
    assert agreement.paid_until == datetime(2026, 2, 28, 5, tzinfo=UTC)
    with pytest.raises(Conflict):
        note_bank_payment(session, agreement, amount=500_000, paid_at=_moment(1, 31), reference=" A ", by=None)
    note_bank_payment(session, agreement, amount=500_000, paid_at=_moment(2, 2), reference="B", by=None, months=2)
    assert agreement.paid_until == datetime(2026, 4, 28, 5, tzinfo=UTC)
    for moment, status in (
        (_moment(4), AgreementStatus.ACTIVE),
        (_moment(5), AgreementStatus.LATE),
        (_moment(7), AgreementStatus.ENDED),
    ):
        with set_clock(moment):
            look_after_bank_agreements(session)
        assert agreement.status == status
    assert agreement.ended_at == agreement.paid_until


def test_a_monthly_agreement_by_transfer_ends_without_stripe(session: Sessions) -> None:
    agreement = _agreed(session, Cadence.MONTHLY)
    note_bank_payment(session, agreement, amount=500_000, paid_at=_moment(1), reference="A", by=None)
    end_agreement(session, agreement)
    assert not agreement.order_pending
    with set_clock(_moment(3)):
        look_after_bank_agreements(session)
    assert agreement.status == AgreementStatus.ENDED


def test_what_stripe_charges_by_itself_is_not_noted_by_hand(session: Sessions) -> None:
    agreement = paid_agreement(session, cadence=Cadence.MONTHLY)
    with pytest.raises(CannotChange):
        note_bank_payment(session, agreement, amount=1, paid_at=now(), reference="A", by=None)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"amount": 0}, "amount"),
        ({"amount": -5}, "amount"),
        ({"amount": 10**13}, "amount"),
        ({"reference": " "}, "reference"),
        ({"paid_at": datetime(2200, 1, 1, tzinfo=UTC)}, "paid_on"),
        ({"months": 13}, "months"),
    ],
)
def test_a_transfer_that_cannot_be_is_refused(session: Sessions, wrong: dict[str, Any], field: str) -> None:
    given: dict[str, Any] = {"amount": 1, "paid_at": now(), "reference": "A", **wrong}
    with pytest.raises(Invalid) as refused:
        note_bank_payment(session, _agreed(session), by=None, **given)
    assert list(refused.value.fields) == [field]
    assert session.scalars(select(Payment)).all() == []


def test_a_cost_is_written_once_and_taken_back_once(session: Sessions) -> None:
    key = new_id()
    assert [_cost(session, key=key), _cost(session, key=key)] == [True, False]
    entry = session.scalars(select(JournalEntry)).one()
    reverse_entry(session, entry.id, reason="Salah catat", by=None)
    assert balances(session)[BookAccount.HOSTING] == 0
    with pytest.raises(Conflict):
        reverse_entry(session, entry.id, reason="Salah catat", by=None)


def test_rows_of_stripe_are_never_corrected_by_hand(session: Sessions) -> None:
    paid_agreement(session)
    for entry in session.scalars(select(JournalEntry)).all():
        with pytest.raises(Conflict):
            reverse_entry(session, entry.id, reason="Coba", by=None)


def test_money_from_nobody_known_is_given_its_sponsor_once(session: Sessions) -> None:
    unknown = Transfer(
        at=_moment(3),
        debit=BookAccount.STRIPE,
        credit=BookAccount.UNATTRIBUTED,
        amount=75_000,
        source="txn_unknown",
        kind="charge",
    )
    post(session, unknown)
    row = session.scalars(select(JournalEntry)).one()
    agreement = _agreed(session)
    attribute_entry(session, row.id, agreement, by=None)
    assert not is_waiting(session, row)
    assert balances(session)[BookAccount.SPONSORSHIP] == -75_000
    with pytest.raises(Conflict):
        attribute_entry(session, row.id, agreement, by=None)
    said = session.scalars(select(JournalEntry).where(JournalEntry.kind == "attribution")).one()
    reverse_entry(session, said.id, reason="Ternyata orang lain", by=None)
    assert is_waiting(session, row)
    attribute_entry(session, row.id, agreement, by=None)
    assert balances(session)[BookAccount.UNATTRIBUTED] == 0


def test_periods_are_days_of_jakarta() -> None:
    assert read_period("2026-03-01", "2026-03-31").since == datetime(2026, 2, 28, 17, tzinfo=UTC)
    assert month_later(datetime(2028, 1, 30, 17, tzinfo=UTC)) == datetime(2028, 2, 28, 17, tzinfo=UTC)
    for first, last in (("kemarin", ""), ("", "2026-02-30"), ("2026-02-02", "2026-02-01"), ("0001-01-01", "")):
        with pytest.raises(Invalid):
            read_period(first, last)


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ("UPDATE money_journal SET amount = amount + 1 WHERE kind = 'charge'", "1 rows of 250001 for 250000"),
        ("DELETE FROM money_journal", "0 rows of 0 for 250000"),
        ("UPDATE money_payments SET receipt_number = 'KW/2026/000007'", "have a gap"),
        ("UPDATE money_refunds SET status = 'done'", "refunds of 50000 done, but 0 went back"),
        (
            "INSERT INTO money_journal (id, created_at, at, debit, credit, amount, source, kind, payment_id, note) "
            "SELECT gen_random_uuid(), created_at, at, credit, debit, amount * 2, 'x', 'dispute', payment_id, '' "
            "FROM money_journal WHERE kind = 'charge'",
            "500000 of 250000 went back",
        ),
    ],
)
def test_books_that_do_not_balance_are_noticed(
    session: Sessions, administer: Callable[[LiteralString], list[Any]], broken: LiteralString, told: str
) -> None:
    agreement = paid_agreement(session)
    payment = session.scalars(select(Payment).where(Payment.agreement_id == agreement.id)).one()
    ask_refund(session, payment.id, amount=50_000, reason="Coba", seen=250_000, by=None)
    session.commit()
    assert administer(WRONG_IN_BOOKS) == []
    administer("BEGIN")
    try:
        administer(broken)
        found = administer(WRONG_IN_BOOKS)
    finally:
        administer("ROLLBACK")
    assert any(told in row[0] for row in found), found
