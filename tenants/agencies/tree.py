"""The agencies of a municipality as a tree, with their heads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from lumbung.db import now
from lumbung.db.tenancy import AnySession, current_tenant
from tenants.agencies.models import Agency, AgencyHead
from tenants.municipalities.services import own_municipality
from tenants.people.models import Delegation, Membership


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """One agency in the tree: its depth (0 at the top), head, who acts for the head today, number of members."""

    agency: Agency
    depth: int
    head: Membership | None
    acting: Membership | None
    members: int


def list_agencies(session: AnySession, *, with_closed: bool = False) -> list[Agency]:
    """The agencies in order of their names, those that were closed only when asked for."""
    query = select(Agency).where(Agency.tenant_id == current_tenant(session)).order_by(Agency.order, Agency.name)
    return list(session.scalars(query if with_closed else query.where(Agency.closed_at.is_(None))))


def agency_tree(session: AnySession, *, with_closed: bool = False) -> list[AgencyRow]:
    """All agencies, each below its parent. An agency below a closed one is shown at the top."""
    tenant_id = current_tenant(session)
    agencies = list_agencies(session, with_closed=with_closed)
    heads = {
        row[0]: row[1]
        for row in session.execute(
            select(AgencyHead.agency_id, Membership)
            .join(
                Membership,
                (Membership.tenant_id == AgencyHead.tenant_id) & (Membership.id == AgencyHead.membership_id),
            )
            .where(AgencyHead.tenant_id == tenant_id, Membership.ended_at.is_(None))
        )
    }
    acting = {row.agency_id: member for row, member in list_delegations(session, on=local_today(session))}
    counts = {
        row[0]: row[1]
        for row in session.execute(
            select(Membership.agency_id, func.count())
            .where(Membership.tenant_id == tenant_id, Membership.ended_at.is_(None))
            .group_by(Membership.agency_id)
        )
    }
    return [
        AgencyRow(agency, depth, heads.get(agency.id), acting.get(agency.id), counts.get(agency.id, 0))
        for agency, depth in _in_order(agencies)
    ]


def below(session: AnySession, agency_id: UUID) -> frozenset[UUID]:
    """The ids of the agency itself and of all that stand below it, closed ones too."""
    children: defaultdict[UUID | None, list[UUID]] = defaultdict(list)
    for agency in list_agencies(session, with_closed=True):
        children[agency.parent_id].append(agency.id)
    found, waiting = {agency_id}, [agency_id]
    while waiting:
        new = [child for child in children[waiting.pop()] if child not in found]
        found.update(new)
        waiting.extend(new)
    return frozenset(found)


def list_delegations(
    session: AnySession, *, agency_id: UUID | None = None, on: date | None = None
) -> list[tuple[Delegation, Membership]]:
    """Acting heads that are not called off: of one agency, on one day, or all that are not over yet."""
    query = (
        select(Delegation, Membership)
        .join(Membership, (Membership.tenant_id == Delegation.tenant_id) & (Membership.id == Delegation.acting_id))
        .where(
            Delegation.tenant_id == current_tenant(session),
            Delegation.ended_at.is_(None),
            Membership.ended_at.is_(None),
            Delegation.last_day >= (on or local_today(session)),
        )
        .order_by(Delegation.first_day, Delegation.id)
    )
    if agency_id is not None:
        query = query.where(Delegation.agency_id == agency_id)
    if on is not None:
        query = query.where(Delegation.first_day <= on)
    return [(row[0], row[1]) for row in session.execute(query)]


def local_today(session: AnySession) -> date:
    """The present day where the municipality is."""
    return now().astimezone(ZoneInfo(own_municipality(session).timezone)).date()


def _in_order(agencies: list[Agency]) -> Iterator[tuple[Agency, int]]:
    known = {agency.id for agency in agencies}
    children: defaultdict[UUID | None, list[Agency]] = defaultdict(list)
    for agency in agencies:
        children[agency.parent_id if agency.parent_id in known else None].append(agency)
    waiting = [(agency, 0) for agency in reversed(children[None])]
    while waiting:
        agency, depth = waiting.pop()
        yield agency, depth
        waiting.extend((child, depth + 1) for child in reversed(children[agency.id]))
