"""A province that pays for three of its municipalities, by a transfer to the bank for a year ahead."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app_runtime.demonstration.founding import add_account, add_operator
from app_runtime.demonstration.script import PROVINCE_LOGIN
from lumbung.db import set_clock
from lumbung.db.tenancy import AnySession
from lumbung.money.agreements import get_agreement
from lumbung.money.bank import note_bank_payment
from tenants.municipalities.models import Municipality
from tenants.plans.catalogue import PlanKind
from tenants.plans.members import add_member
from tenants.plans.programmes import make_programme

_REGIONS = ("36.74", "36.71", "36.73")
_MONTHS = 12
_BEGAN = timedelta(days=18)


def run_programme(session: AnySession, *, until: datetime) -> None:
    """Let Banten's programme have begun some weeks before `until`, with the municipalities of Banten that are there."""
    began = until.replace(microsecond=0) - _BEGAN
    with set_clock(began):
        operator = add_operator(session)
        holder = add_account(session, PROVINCE_LOGIN, "Nurlaela Hidayat")
        programme = make_programme(
            session,
            account_id=holder.id,
            kind=PlanKind.PROVINCE,
            name="Provinsi Banten: Layanan Warga Bersama",
            size=10,
            description="Semua kota di Banten melayani laporan warga dengan satu cara.",
        )
        agreement = get_agreement(session, programme.agreement_id)
        note_bank_payment(
            session,
            agreement,
            amount=agreement.amount * _MONTHS,
            paid_at=began - timedelta(hours=3),
            reference=f"SP2D {began:%y%m%d}/BANTEN",
            by=operator.id,
            months=_MONTHS,
        )
    taking_part = session.scalars(
        select(Municipality.id).where(Municipality.region_code.in_(_REGIONS)).order_by(Municipality.region_code)
    ).all()
    for days, municipality_id in enumerate(taking_part, 1):
        with set_clock(began + timedelta(days=days)):
            add_member(session, programme, municipality_id)
