"""Programmes that are paid, for tests of what they are for."""

from __future__ import annotations

from typing import Any

from lumbung.money.agreements import get_agreement
from lumbung.money.models import Agreement
from tenants.accounts.models import Account
from tenants.plans.catalogue import PlanKind
from tenants.plans.models import Programme
from tenants.plans.programmes import make_programme
from tests.money_world import add_payment, mark_running


def paid_programme(
    session: Any, holder: Account, *, name: str = "Provinsi Banten", size: int = 10, kind: PlanKind = PlanKind.PROVINCE
) -> Programme:
    """A programme whose first month was paid by card; committed."""
    programme = make_programme(session, account_id=holder.id, kind=kind, name=name, size=size)
    agreement = get_agreement(session, programme.agreement_id)
    mark_running(agreement)
    add_payment(session, agreement)
    session.commit()
    return programme


def agreement_of(session: Any, programme: Programme) -> Agreement:
    """What a programme is paid by."""
    return get_agreement(session, programme.agreement_id)
