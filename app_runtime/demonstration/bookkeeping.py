"""What the demonstration spent, and that its books were compared with Stripe's."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from app_runtime.demonstration.founding import add_operator
from lumbung.db import set_clock
from lumbung.db.tenancy import AnySession
from lumbung.ids import new_id
from lumbung.money.by_hand import note_cost
from lumbung.money.chart import BookAccount
from lumbung.money.models import Reconciliation
from tenants.municipalities.models import Municipality

_COSTS = ((62, 1_450_000, "Sewa server dan cadangan, bulan pertama"), (31, 1_450_000, "Sewa server dan cadangan"))


def keep_books(session: AnySession, *, until: datetime) -> None:
    """Note two months of hosting for Tangerang Selatan, and one night's comparison, which found nothing."""
    operator = add_operator(session)
    tangsel = session.scalars(select(Municipality).where(Municipality.slug == "tangsel")).one()
    for days, amount, note in _COSTS:
        with set_clock(until - timedelta(days=days)):
            _note(session, tangsel.id, amount, note, at=until - timedelta(days=days, hours=1), by=operator.id)
    night = until.replace(hour=19, minute=0, second=0) - timedelta(days=1)
    with set_clock(night):
        session.add(
            Reconciliation(
                since=night - timedelta(days=3),
                until=night,
                compared=0,
                stripe_balance=0,
                books_balance=0,
                findings=[],
                open=0,
            )
        )
        session.flush()


def _note(session: AnySession, place_id: UUID, amount: int, note: str, *, at: datetime, by: UUID) -> None:
    note_cost(
        session,
        account=BookAccount.HOSTING,
        amount=amount,
        at=at,
        subject=("municipality", str(place_id)),
        note=note,
        by=by,
        key=new_id(),
    )
