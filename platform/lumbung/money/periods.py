"""Days, months and years of the books: those of the capital's clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from lumbung.db.clock import now
from lumbung.errors import Invalid
from lumbung.i18n import Text
from lumbung.money.receipts import JAKARTA

_FIRST_YEAR = 2000
_LAST_YEAR = 2200
_NO_DAY = Text("Isi tanggal seperti 2026-01-31.", "Enter a date like 2026-01-31.")
_TURNED = Text("Tanggal akhir mendahului tanggal awal.", "The last day is before the first.")


@dataclass(frozen=True, slots=True)
class Period:
    """From the first to the last day, both with it."""

    first: date
    last: date

    @property
    def since(self) -> datetime:
        """The first moment of it."""
        return start_of(self.first)

    @property
    def until(self) -> datetime:
        """The first moment after it."""
        return start_of(self.last + timedelta(days=1))


def start_of(day: date) -> datetime:
    """The moment at which a day begins in Jakarta."""
    return datetime.combine(day, time(), JAKARTA)


def today() -> date:
    """The day that it is in Jakarta."""
    return now().astimezone(JAKARTA).date()


def this_month() -> Period:
    """From the first of this month to today."""
    return Period(today().replace(day=1), today())


def this_year() -> Period:
    """From the first of January to today."""
    return Period(today().replace(month=1, day=1), today())


def read_period(first: str, last: str) -> Period:
    """The period between two dates as they were typed; what is empty is that end of this year.

    Raises Invalid for what is no date between 2000 and 2200, and when the last day is before the first.
    """
    usual = this_year()
    found: dict[str, date] = {}
    wrong: dict[str, list[str]] = {}
    for name, typed, default in (("from", first, usual.first), ("to", last, usual.last)):
        try:
            found[name] = read_day(typed) if typed.strip() else default
        except Invalid as error:
            wrong[name] = [str(error.message)]
    if wrong:
        raise Invalid(fields=wrong)
    if found["to"] < found["from"]:
        raise Invalid(fields={"to": [str(_TURNED)]})
    return Period(found["from"], found["to"])


def read_day(typed: str) -> date:
    """A day as a form of the browser sends it. Raises Invalid."""
    try:
        day = date.fromisoformat(typed.strip())
    except ValueError as error:
        raise Invalid(_NO_DAY) from error
    if not _FIRST_YEAR <= day.year < _LAST_YEAR:
        raise Invalid(_NO_DAY)
    return day


def month_later(moment: datetime) -> datetime:
    """The same time on the same day of the next month, or on its last day when it has no such day."""
    local = moment.astimezone(JAKARTA)
    year, month = (local.year + 1, 1) if local.month == 12 else (local.year, local.month + 1)
    for day in range(local.day, local.day - 4, -1):
        try:
            return local.replace(year=year, month=month, day=day)
        except ValueError:
            continue
    raise AssertionError("Every month has 28 days.")
