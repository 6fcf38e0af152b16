"""Under which plan a municipality is, and how much it may keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.money.models import Agreement, AgreementStatus
from tenants.municipalities.models import Municipality
from tenants.plans.catalogue import PLANS, Limits, PlanKind, Resource
from tenants.plans.models import PlanException, Programme, ProgrammeMember

GRACE = timedelta(days=14)
"""So long a programme whose payment is late still counts as paid."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The plan of a municipality. `programme` is the one that it is in, also while that is not paid (`raised` says
    whether it counts); `exception` is what an operator gave."""

    limits: Limits
    programme: Programme | None
    raised: bool
    exception: PlanException | None

    @property
    def plan(self) -> PlanKind:
        return PlanKind(self.programme.kind) if self.programme is not None and self.raised else PlanKind.PARTNER


def runs_until(programme: Programme, agreement: Agreement) -> datetime | None:
    """Until when a programme raises limits, if nothing is paid meanwhile; None while nothing was paid at all."""
    if agreement.status == AgreementStatus.LATE:
        return (programme.late_since or now()) + GRACE
    if agreement.status == AgreementStatus.ENDED:
        return programme.over_since or agreement.ended_at
    return agreement.paid_until


def is_paid(programme: Programme, agreement: Agreement) -> bool:
    """Whether a programme raises limits now: paid, or late for less than two weeks."""
    if agreement.status == AgreementStatus.LATE:
        return programme.late_since is None or now() < programme.late_since + GRACE
    return agreement.status == AgreementStatus.ACTIVE


def standing_of(session: AnySession, municipality_id: UUID) -> Standing:
    """Under which plan a municipality is; one statement."""
    row = session.execute(
        select(Programme, Agreement, PlanException)
        .select_from(Municipality)
        .outerjoin(
            ProgrammeMember,
            (ProgrammeMember.municipality_id == Municipality.id) & ProgrammeMember.left_at.is_(None),
        )
        .outerjoin(Programme, Programme.id == ProgrammeMember.programme_id)
        .outerjoin(Agreement, Agreement.id == Programme.agreement_id)
        .outerjoin(PlanException, PlanException.municipality_id == Municipality.id)
        .where(Municipality.id == municipality_id)
    ).one()
    programme, agreement, exception = row
    raised = programme is not None and is_paid(programme, agreement)
    plan = PLANS[PlanKind(programme.kind)] if raised else PLANS[PlanKind.PARTNER]
    return Standing(_with_exception(plan.limits, exception), programme, raised, exception)


def _with_exception(limits: Limits, exception: PlanException | None) -> Limits:
    if exception is None:
        return limits
    given: Mapping[Resource, int | None] = {
        Resource.FILES: exception.files,
        Resource.RECORDS: exception.records,
        Resource.EMAILS: exception.emails,
    }
    return {resource: max(limit, given[resource] or 0) for resource, limit in limits.items()}
