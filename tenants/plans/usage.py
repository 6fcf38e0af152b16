"""What a municipality uses of its limits: measured every night, and looked at anew where something depends on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from lumbung.db import now
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.ids import new_id
from lumbung.outbox import periodic
from tenants.plans.catalogue import Resource
from tenants.plans.counting import Span, count, month_of, settled_id
from tenants.plans.models import PlanUsage, ProgrammeMember
from tenants.plans.standing import Standing, standing_of
from tenants.plans.thresholds import settle_level

NIGHTLY_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Use:
    """How much is used of a limit, now."""

    resource: Resource
    used: int
    limit: int

    @property
    def percent(self) -> int:
        return self.used * 100 // self.limit

    @property
    def full(self) -> bool:
        return self.used >= self.limit

    @property
    def left(self) -> int:
        return max(0, self.limit - self.used)


def uses_of(session: AnySession, standing: Standing) -> Sequence[Use]:
    """What the session's municipality uses now of everything: what was measured, and what came since."""
    tenant_id = _own(session)
    known = {row.resource: row for row in session.scalars(select(PlanUsage).where(PlanUsage.tenant_id == tenant_id))}
    return [
        Use(resource, _used(session, tenant_id, resource, known.get(resource)), standing.limits[resource])
        for resource in Resource
    ]


def hold_use(session: AnySession, resource: Resource) -> tuple[PlanUsage, Use]:
    """What the session's municipality uses of one thing now, held until the transaction ends: who else asks waits, so
    that two who see the same room never fill it both."""
    tenant_id = _own(session)
    row = _held(session, tenant_id, resource)
    used = _used(session, tenant_id, resource, row)
    return row, Use(resource, used, standing_of(session, tenant_id).limits[resource])


def measure(session: AnySession, *, anew: bool = True) -> None:
    """Tell the administrators of the session's municipality of what is getting full, and let the programme that it is
    in see how full it is; with `anew` everything is counted from the beginning, else what came since the last time."""
    tenant_id = _own(session)
    # Held first wherever both are: who leaves a programme measures, too.
    member = session.scalars(
        select(ProgrammeMember)
        .where(ProgrammeMember.municipality_id == tenant_id, ProgrammeMember.left_at.is_(None))
        .with_for_update()
    ).one_or_none()
    standing = standing_of(session, tenant_id)
    percents: dict[Resource, int] = {}
    for resource in Resource:
        row = _held(session, tenant_id, resource)
        if anew:
            upto = settled_id()
            row.used, row.upto = count(session, tenant_id, resource, Span(upto=upto)), upto
            row.measured_at = now()
            _put_month(row)
        use = Use(resource, _used(session, tenant_id, resource, row), standing.limits[resource])
        settle_level(session, row, used=use.used, limit=use.limit)
        percents[resource] = use.percent
    if member is not None:
        member.files_percent = percents[Resource.FILES]
        member.records_percent = percents[Resource.RECORDS]
        member.emails_percent = percents[Resource.EMAILS]
        member.measured_at = now()
    session.flush()


@periodic(NIGHTLY_SECONDS, name="plan-usage")
def _measure(session: AnySession) -> None:
    measure(session)


def _used(session: AnySession, tenant_id: UUID, resource: Resource, row: PlanUsage | None) -> int:
    if row is None:
        return count(session, tenant_id, resource, Span())
    # E-mails begin anew with each month; those of the last one are counted no more.
    before = row.used if resource != Resource.EMAILS or row.month == month_of(now()) else 0
    return before + count(session, tenant_id, resource, Span(after=row.upto))


def _held(session: AnySession, tenant_id: UUID, resource: Resource) -> PlanUsage:
    mine = (
        select(PlanUsage)
        .where(PlanUsage.tenant_id == tenant_id, PlanUsage.resource == resource)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    row = session.scalars(mine).one_or_none()
    if row is not None:
        return row
    upto = settled_id()
    session.execute(
        insert(PlanUsage)
        .values(
            tenant_id=tenant_id,
            id=new_id(),
            resource=resource,
            used=count(session, tenant_id, resource, Span(upto=upto)),
            upto=upto,
            month=month_of(now()) if resource == Resource.EMAILS else "",
            level=0,
            measured_at=now(),
            created_at=now(),
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "resource"])
    )
    return session.scalars(mine).one()


def _put_month(row: PlanUsage) -> None:
    month = month_of(now()) if row.resource == Resource.EMAILS else ""
    if row.month != month:
        row.month, row.level = month, 0


def _own(session: AnySession) -> UUID:
    tenant_id = current_tenant(session)
    if tenant_id is None:
        raise ValueError("Only a municipality uses something.")
    return tenant_id
