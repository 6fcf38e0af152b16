"""Members of a municipality: listed, changed, their membership ended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select, update

from lumbung.audit import record_audit
from lumbung.db import now
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import Conflict, Invalid, NotFound
from lumbung.i18n import Text
from tenants.accounts.models import Account
from tenants.accounts.services import forget_membership
from tenants.agencies.models import Agency, AgencyHead
from tenants.people.models import Delegation, Membership, RoleGrant
from tenants.people.role_catalogue import role_choices
from tenants.people.roles import ADMIN_ROLE, OFFICIAL, split_role

_UNKNOWN_ROLE = Text("Peran ini tidak ditawarkan di sini.", "This role is not offered here.")
_UNKNOWN_AGENCY = Text("Pilih perangkat daerah yang ada.", "Choose an agency that exists.")


class LastAdmin(Conflict):
    """A municipality always keeps one administrator."""

    slug = "last-tenant-admin"
    title = Text("Harus ada seorang admin", "There must be an administrator")
    default = Text(
        "Ini admin terakhir daerah Anda. Jadikan orang lain admin dahulu, lalu ulangi.",
        "This is the last administrator of your municipality. Make somebody else administrator first, then try again.",
    )


@dataclass(frozen=True, slots=True)
class Member:
    """A member with account, agency, roles (as written in `tenants.people.roles`) and the agencies headed."""

    membership: Membership
    email: str
    agency: Agency | None
    roles: tuple[str, ...]
    heads: tuple[Agency, ...]


def list_members(session: AnySession, *, query: str = "", ended: bool = False) -> list[Member]:
    """The members at work, or with `ended` the former ones, by name; `query` finds names, positions and addresses."""
    return [member for member in _members(session, ended=ended) if _matches(member, query)]


def get_member(session: AnySession, membership_id: UUID) -> Member:
    """One member at work. Raises NotFound."""
    found = [member for member in _members(session) if member.membership.id == membership_id]
    if not found:
        raise NotFound
    return found[0]


def change_member(
    session: AnySession,
    membership_id: UUID,
    *,
    name: str,
    position: str,
    agency_id: UUID | None,
    roles: Iterable[str],
) -> bool:
    """Change a member's name, position, agency and roles; True when something was different.

    `roles` are all that the member shall have; `official` is always one of them. Roles that are held and not offered
    any more (of a disabled app) stay. Raises NotFound, Invalid with the fields `agency_id` or `roles`, LastAdmin.
    """
    member = get_member(session, membership_id)
    if agency_id != member.membership.agency_id:
        _require_agency(session, agency_id)
    offered = {choice.value for choice in role_choices(session)}
    wanted = {OFFICIAL, *roles}
    if not wanted <= offered | {OFFICIAL} | set(member.roles):
        raise Invalid(fields={"roles": [str(_UNKNOWN_ROLE)]})
    wanted |= {role for role in member.roles if role not in offered}
    if ADMIN_ROLE in member.roles and ADMIN_ROLE not in wanted:
        require_other_admin(session, membership_id)
    membership = member.membership
    before = _described(membership.name, membership.position, member.agency, member.roles)
    membership.name, membership.position, membership.agency_id = name, position, agency_id
    _set_roles(session, membership, had=set(member.roles), wanted=wanted)
    session.flush()
    after = _described(name, position, _find_agency(session, agency_id), tuple(sorted(wanted)))
    if before == after:
        return False
    record_audit(
        session, "member.changed", subject_type="membership", subject_id=membership_id, before=before, after=after
    )
    return True


def end_membership(session: AnySession, membership_id: UUID) -> Membership:
    """End a membership: no roles, no agency headed or acted for, no way in. Raises NotFound, LastAdmin."""
    member = get_member(session, membership_id)
    if ADMIN_ROLE in member.roles:
        require_other_admin(session, membership_id)
    membership, tenant_id = member.membership, member.membership.tenant_id
    session.execute(
        delete(AgencyHead).where(AgencyHead.tenant_id == tenant_id, AgencyHead.membership_id == membership_id)
    )
    session.execute(
        update(Delegation)
        .where(Delegation.tenant_id == tenant_id, Delegation.acting_id == membership_id, Delegation.ended_at.is_(None))
        .values(ended_at=now())
    )
    session.execute(delete(RoleGrant).where(RoleGrant.tenant_id == tenant_id, RoleGrant.membership_id == membership_id))
    forget_membership(session, membership.account_id, tenant_id)
    membership.ended_at = now()
    session.flush()
    record_audit(
        session,
        "member.ended",
        subject_type="membership",
        subject_id=membership_id,
        before=_described(membership.name, membership.position, member.agency, member.roles),
        after={"ended": True},
    )
    return membership


def require_other_admin(session: AnySession, membership_id: UUID) -> None:
    """Raise LastAdmin unless somebody else at work is administrator too. Two at once wait for each other."""
    admins = session.scalars(
        select(RoleGrant.membership_id)
        .join(Membership, (Membership.tenant_id == RoleGrant.tenant_id) & (Membership.id == RoleGrant.membership_id))
        .where(
            RoleGrant.tenant_id == current_tenant(session),
            RoleGrant.app_id == "",
            RoleGrant.role == ADMIN_ROLE,
            Membership.ended_at.is_(None),
        )
        .order_by(RoleGrant.id)
        .with_for_update(of=RoleGrant)
    ).all()
    if not set(admins) - {membership_id}:
        raise LastAdmin


def _members(session: AnySession, *, ended: bool = False) -> list[Member]:
    tenant_id = current_tenant(session)
    roles: defaultdict[UUID, list[str]] = defaultdict(list)
    for membership_id, app_id, role in session.execute(
        select(RoleGrant.membership_id, RoleGrant.app_id, RoleGrant.role)
        .where(RoleGrant.tenant_id == tenant_id)
        .order_by(RoleGrant.app_id, RoleGrant.role)
    ):
        roles[membership_id].append(f"{app_id}:{role}" if app_id else role)
    heads: defaultdict[UUID, list[Agency]] = defaultdict(list)
    for membership_id, agency in session.execute(
        select(AgencyHead.membership_id, Agency)
        .join(Agency, (Agency.tenant_id == AgencyHead.tenant_id) & (Agency.id == AgencyHead.agency_id))
        .where(AgencyHead.tenant_id == tenant_id)
        .order_by(Agency.name)
    ):
        heads[membership_id].append(agency)
    rows = session.execute(
        select(Membership, Account.email, Agency)
        .join(Account, Account.id == Membership.account_id)
        .outerjoin(Agency, (Agency.tenant_id == Membership.tenant_id) & (Agency.id == Membership.agency_id))
        .where(
            Membership.tenant_id == tenant_id,
            Membership.ended_at.is_not(None) if ended else Membership.ended_at.is_(None),
        )
        .order_by(Membership.name, Membership.id)
    )
    return [Member(row[0], row[1], row[2], tuple(roles[row[0].id]), tuple(heads[row[0].id])) for row in rows]


def _matches(member: Member, query: str) -> bool:
    words = query.casefold().split()
    agency = f"{member.agency.name} {member.agency.short_name}" if member.agency else ""
    text = f"{member.membership.name} {member.membership.position} {member.email} {agency}".casefold()
    return all(word in text for word in words)


def _set_roles(session: AnySession, membership: Membership, *, had: set[str], wanted: set[str]) -> None:
    for role in sorted(had - wanted):
        app_id, name = split_role(role)
        session.execute(
            delete(RoleGrant).where(
                RoleGrant.tenant_id == membership.tenant_id,
                RoleGrant.membership_id == membership.id,
                RoleGrant.app_id == app_id,
                RoleGrant.role == name,
            )
        )
    for role in sorted(wanted - had):
        app_id, name = split_role(role)
        session.add(RoleGrant(tenant_id=membership.tenant_id, membership_id=membership.id, app_id=app_id, role=name))


def _find_agency(session: AnySession, agency_id: UUID | None) -> Agency | None:
    if agency_id is None:
        return None
    return session.scalar(select(Agency).where(Agency.tenant_id == current_tenant(session), Agency.id == agency_id))


def _require_agency(session: AnySession, agency_id: UUID | None) -> None:
    agency = _find_agency(session, agency_id)
    if agency_id is not None and (agency is None or agency.closed_at is not None):
        raise Invalid(fields={"agency_id": [str(_UNKNOWN_AGENCY)]})


def _described(name: str, position: str, agency: Agency | None, roles: Iterable[str]) -> dict[str, object]:
    return {"name": name, "position": position, "agency": agency.key if agency else None, "roles": sorted(roles)}
