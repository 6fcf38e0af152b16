"""Who heads an agency, and who acts for the head in days of absence."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select

from lumbung.audit import record_audit
from lumbung.db import now
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import Invalid, NotFound
from lumbung.i18n import Text
from tenants.agencies.models import Agency, AgencyHead
from tenants.agencies.tree import local_today
from tenants.people.models import Delegation, Membership

LONGEST_DELEGATION_DAYS = 366
_NOBODY = Text("Pilih orang yang masih bertugas.", "Choose a person who is still at work here.")
_IS_HEAD = Text("Orang ini sudah kepalanya. Pilih orang lain.", "This person is the head already. Choose another.")
_ORDER = Text("Hari terakhir tidak boleh sebelum hari pertama.", "The last day cannot be before the first.")
_PAST = Text("Hari terakhir sudah lewat.", "The last day is over already.")
_LONG = Text("Paling lama satu tahun.", "One year at most.")
_OVERLAP = Text(
    "Sudah ada pelaksana tugas pada hari-hari itu. Akhiri dahulu yang lama.",
    "Somebody acts on some of these days already. End that first.",
)


def find_head(session: AnySession, agency_id: UUID) -> Membership | None:
    """Who heads the agency, or None."""
    return session.scalar(
        select(Membership)
        .join(
            AgencyHead,
            (AgencyHead.tenant_id == Membership.tenant_id) & (AgencyHead.membership_id == Membership.id),
        )
        .where(AgencyHead.tenant_id == current_tenant(session), AgencyHead.agency_id == agency_id)
    )


def set_head(session: AnySession, agency: Agency, membership_id: UUID | None) -> bool:
    """Make one of the members head of the agency, or nobody; True when that is a change.

    Raises Invalid with the field `head_id` when there is no such member at work.
    """
    row = session.scalar(
        select(AgencyHead)
        .where(AgencyHead.tenant_id == agency.tenant_id, AgencyHead.agency_id == agency.id)
        .with_for_update()
    )
    before = row.membership_id if row else None
    if before == membership_id:
        return False
    if membership_id is None and row is not None:
        session.delete(row)
    elif membership_id is not None:
        _require_member(session, membership_id, field="head_id")
        if row is None:
            session.add(AgencyHead(tenant_id=agency.tenant_id, agency_id=agency.id, membership_id=membership_id))
        else:
            row.membership_id = membership_id
    session.flush()
    record_audit(
        session,
        "agency.head",
        subject_type="agency",
        subject_id=agency.id,
        before={"membership": str(before) if before else None},
        after={"membership": str(membership_id) if membership_id else None},
    )
    return True


def delegate_head(
    session: AnySession, agency: Agency, *, acting_id: UUID, first_day: date, last_day: date, reason: str = ""
) -> Delegation:
    """For these days, both included, another member acts as head of the agency.

    Raises Invalid with `acting_id`, `first_day` or `last_day`: no such member, the head itself, days in the wrong
    order, over already or longer than a year, or days on which somebody else acts.
    """
    _require_member(session, acting_id, field="acting_id")
    head = find_head(session, agency.id)
    problems: dict[str, list[str]] = {}
    if head is not None and head.id == acting_id:
        problems["acting_id"] = [str(_IS_HEAD)]
    if last_day < first_day:
        problems["last_day"] = [str(_ORDER)]
    elif (last_day - first_day).days >= LONGEST_DELEGATION_DAYS:
        problems["last_day"] = [str(_LONG)]
    elif last_day < local_today(session):
        problems["last_day"] = [str(_PAST)]
    elif _overlapping(session, agency, first_day, last_day):
        problems["first_day"] = [str(_OVERLAP)]
    if problems:
        raise Invalid(fields=problems)
    delegation = Delegation(
        tenant_id=agency.tenant_id,
        agency_id=agency.id,
        acting_id=acting_id,
        first_day=first_day,
        last_day=last_day,
        reason=reason,
    )
    session.add(delegation)
    session.flush()
    record_audit(
        session,
        "agency.acting_head",
        subject_type="agency",
        subject_id=agency.id,
        after={"membership": str(acting_id), "from": first_day.isoformat(), "to": last_day.isoformat()},
    )
    return delegation


def end_delegation(session: AnySession, agency: Agency, delegation_id: UUID) -> None:
    """Call an acting head off from now on. Raises NotFound when the agency has no such delegation."""
    found = session.scalar(
        select(Delegation).where(
            Delegation.tenant_id == agency.tenant_id,
            Delegation.agency_id == agency.id,
            Delegation.id == delegation_id,
            Delegation.ended_at.is_(None),
        )
    )
    if found is None:
        raise NotFound
    found.ended_at = now()
    session.flush()
    record_audit(
        session,
        "agency.acting_head_ended",
        subject_type="agency",
        subject_id=agency.id,
        before={"membership": str(found.acting_id), "to": found.last_day.isoformat()},
    )


def _require_member(session: AnySession, membership_id: UUID, *, field: str) -> None:
    found = session.scalar(
        select(Membership.id).where(
            Membership.tenant_id == current_tenant(session),
            Membership.id == membership_id,
            Membership.ended_at.is_(None),
        )
    )
    if found is None:
        raise Invalid(fields={field: [str(_NOBODY)]})


def _overlapping(session: AnySession, agency: Agency, first_day: date, last_day: date) -> bool:
    found = session.scalar(
        select(Delegation.id).where(
            Delegation.tenant_id == agency.tenant_id,
            Delegation.agency_id == agency.id,
            Delegation.ended_at.is_(None),
            Delegation.first_day <= last_day,
            Delegation.last_day >= first_day,
        )
    )
    return found is not None
