"""What came, went back, was kept and was spent: sums of the journal by month, by what it was for, and by kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select

from lumbung.db.fetching import Kept
from lumbung.db.tenancy import AnySession
from lumbung.money.chart import SIDES, BookAccount
from lumbung.money.models import Agreement, JournalEntry
from lumbung.money.periods import Period
from lumbung.money.receipts import JAKARTA

INCOME = tuple(account for account in BookAccount if SIDES[account] == "income")
COSTS = (BookAccount.HOSTING, BookAccount.ASSISTANCE, BookAccount.OTHER_COSTS)
WENT_BACK = ("refund", "dispute")
"""The kinds of rows by which received money goes back, or returns after all."""
SUBJECT_TYPES = ("app", "municipality", "programme")


class By(StrEnum):
    """What the lines of a statement stand for."""

    MONTH = "month"
    APP = "app"
    MUNICIPALITY = "municipality"
    PROGRAMME = "programme"
    KIND = "kind"


class Measure(StrEnum):
    """One column of a statement; the rows of the journal behind it are found by it."""

    RECEIVED = "received"
    GIVEN_BACK = "given_back"
    FEES = "fees"
    COSTS = "costs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Whole rupiah. Money of which it is not known yet from whom it came is received once that is known."""

    received: int = 0
    given_back: int = 0
    fees: int = 0
    costs: int = 0

    @property
    def net(self) -> int:
        """What was received and stayed."""
        return self.received - self.given_back - self.fees

    @property
    def left(self) -> int:
        """What of that was not spent."""
        return self.net - self.costs

    @property
    def nothing(self) -> bool:
        """Whether there is nothing in it."""
        return not (self.received or self.given_back or self.fees or self.costs)


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of one month (`2026-01`), subject (its id) or kind of agreement; `key` is empty for all others."""

    key: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Statement:
    """The lines of a period, and their sum."""

    by: By
    period: Period
    lines: Sequence[Line]
    total: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class YearTotals:
    """What everybody may know of a year, in whole rupiah; `given_back` and `fees` are taken from what was received."""

    year: int
    sponsored: int
    plans: int
    given_back: int
    fees: int
    hosting: int
    assistance: int
    other_costs: int


def touches(measure: Measure) -> ColumnElement[bool]:
    """The condition of the rows of the journal that a figure of a statement consists of."""
    accounts: Sequence[BookAccount]
    match measure:
        case Measure.RECEIVED:
            return _touches(INCOME) & ~_back()
        case Measure.GIVEN_BACK:
            return _touches(INCOME) & _back()
        case Measure.FEES:
            accounts = (BookAccount.FEES,)
        case Measure.COSTS:
            accounts = COSTS
    return _touches(accounts)


def group_of(by: By) -> ColumnElement[str]:
    """What tells the lines of a statement apart; `kind` needs the journal joined with its agreements."""
    if by is By.MONTH:
        return func.to_char(func.timezone(str(JAKARTA), JournalEntry.at), "YYYY-MM")
    if by is By.KIND:
        return func.coalesce(Agreement.kind, "")
    return case((JournalEntry.subject_type == by.value, JournalEntry.subject_id), else_="")


def read_statement(session: AnySession, period: Period, by: By) -> Statement:
    """The statement of a period, in the order of months, else the largest first and what is for none of them last."""
    key = group_of(by).label("line")
    query = select(key, *_figures()).where(JournalEntry.at >= period.since, JournalEntry.at < period.until)
    if by is By.KIND:
        query = query.outerjoin(Agreement, Agreement.id == JournalEntry.agreement_id)
    rows = session.execute(query.group_by("line")).all()
    lines = [Line(str(row[0]), _read(row[1:])) for row in rows]
    lines = [line for line in lines if not line.figures.nothing]
    if by is By.MONTH:
        lines.sort(key=lambda line: line.key)
    else:
        lines.sort(key=lambda line: (line.key == "", -line.figures.received, -line.figures.costs, line.key))
    return Statement(by, period, lines, _sum(line.figures for line in lines))


def read_figures(session: AnySession, period: Period) -> Figures:
    """The figures of a period in all."""
    query = select(*_figures()).where(JournalEntry.at >= period.since, JournalEntry.at < period.until)
    return _read(session.execute(query).one())


def figures_of_kind(session: AnySession, kind: str) -> Figures:
    """What came under all agreements of a kind, ever; the journal is added up again only when it has grown."""
    mine = JournalEntry.agreement_id.in_(select(Agreement.id).where(Agreement.kind == kind))
    return _kept_figures.of(
        kind, _size_of(session), lambda: _read(session.execute(select(*_figures()).where(mine)).one())
    )


def public_totals(session: AnySession) -> Sequence[YearTotals]:
    """What came, what it cost to take it, and what it was spent on, by year of Jakarta's clock, the newest first; the
    journal is added up again only when it has grown.

    Sums only: nobody's name and nobody's amount.
    """
    return _kept_totals.of("years", _size_of(session), lambda: _public_totals(session))


_kept_figures: Kept[Figures] = Kept()
_kept_totals: Kept[Sequence[YearTotals]] = Kept()


def _size_of(session: AnySession) -> tuple[int, UUID | None]:
    """How many rows the journal has, and its newest: rows are only ever added, so the same means the same sums."""
    rows = select(func.count()).select_from(JournalEntry).scalar_subquery()
    newest = select(JournalEntry.id).order_by(JournalEntry.id.desc()).limit(1).scalar_subquery()
    count, last = session.execute(select(rows, newest)).one()
    return int(count), last


def _public_totals(session: AnySession) -> Sequence[YearTotals]:
    year = func.date_part("year", func.timezone(str(JAKARTA), JournalEntry.at)).label("year")
    back = _back()
    query = select(
        year,
        _total(-_signed((BookAccount.SPONSORSHIP,)), ~back),
        _total(-_signed((BookAccount.PLAN,)), ~back),
        _total(_signed(INCOME), back),
        *(_total(_signed((account,))) for account in (BookAccount.FEES, *COSTS)),
    )
    return [
        YearTotals(
            year=int(row[0]),
            sponsored=int(row[1]),
            plans=int(row[2]),
            given_back=int(row[3]),
            fees=int(row[4]),
            hosting=int(row[5]),
            assistance=int(row[6]),
            other_costs=int(row[7]),
        )
        for row in session.execute(query.group_by("year").order_by(year.desc()))
    ]


def _figures() -> list[ColumnElement[Any]]:
    back = _back()
    return [
        _total(-_signed(INCOME), ~back),
        _total(_signed(INCOME), back),
        _total(_signed((BookAccount.FEES,))),
        _total(_signed(COSTS)),
    ]


def _read(row: Sequence[Any]) -> Figures:
    received, given_back, fees, costs = (int(value) for value in row)
    return Figures(received=received, given_back=given_back, fees=fees, costs=costs)


def _sum(all_figures: Iterable[Figures]) -> Figures:
    found = list(all_figures)
    return Figures(
        received=sum(one.received for one in found),
        given_back=sum(one.given_back for one in found),
        fees=sum(one.fees for one in found),
        costs=sum(one.costs for one in found),
    )


def _back() -> ColumnElement[bool]:
    return JournalEntry.kind.in_(WENT_BACK)


def _touches(accounts: Sequence[BookAccount]) -> ColumnElement[bool]:
    return JournalEntry.debit.in_(accounts) | JournalEntry.credit.in_(accounts)


def _signed(accounts: Sequence[BookAccount]) -> ColumnElement[int]:
    """What a row adds to the accounts, debits less credits."""
    return case((JournalEntry.debit.in_(accounts), JournalEntry.amount), else_=0) - case(
        (JournalEntry.credit.in_(accounts), JournalEntry.amount), else_=0
    )


def _total(amount: ColumnElement[int], where: ColumnElement[bool] | None = None) -> ColumnElement[Any]:
    total: Any = func.sum(amount)
    return func.coalesce(total if where is None else total.filter(where), 0)
