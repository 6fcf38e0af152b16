"""Numbers and codes of receipts."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from lumbung.codes import is_valid, normalise
from lumbung.db.tenancy import AnySession
from lumbung.errors import NotFound
from lumbung.money.models import Payment, ReceiptCounter

JAKARTA = ZoneInfo("Asia/Jakarta")
"""The books are kept by the capital's days."""


def next_receipt_number(session: AnySession, at: datetime) -> str:
    """The next number of the year in which the money came, as `KW/2026/000001`; without gaps, for the transaction that
    takes it holds the counter until it ends."""
    year = at.astimezone(JAKARTA).year
    statement = insert(ReceiptCounter).values(year=year, last=1)
    statement = statement.on_conflict_do_update(index_elements=["year"], set_={"last": ReceiptCounter.last + 1})
    number = session.execute(statement.returning(ReceiptCounter.last)).scalar_one()
    return f"KW/{year}/{number:06d}"


def find_receipt(session: AnySession, code: str) -> Payment:
    """The payment of a receipt, by its code however it was typed. Raises NotFound."""
    found = None
    if is_valid(code):
        found = session.scalars(select(Payment).where(Payment.receipt_code == normalise(code))).one_or_none()
    if found is None:
        raise NotFound
    return found
