"""The people of a scenario: one per role, and per agency where the role belongs to one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app_catalog.definitions.model import BUILTIN_ROLES, Definition
from lumbung.db.tenancy import AnySession
from lumbung.ids import new_id
from lumbung.web.access import ANONYMOUS, Visitor
from tenants.accounts.models import Account
from tenants.agencies.models import Agency, AgencyHead
from tenants.municipalities.models import Municipality
from tenants.people.models import Membership, RoleGrant

_BY_AGENCY = ("official", "agency_head")
_AT_CITY = ("tenant_admin",)
OUTSIDE = ("visitor", "public")
"""People without a name: they have neither account nor code."""


@dataclass(slots=True)
class People:
    """Who is there, by role and key of the agency (empty for those who belong to none)."""

    visitors: dict[tuple[str, str], Visitor] = field(default_factory=dict)

    def find(self, role: str, agency: str | None) -> Visitor | None:
        """The person of a role: of this agency where the role belongs to one, else whoever holds it first."""
        if role in OUTSIDE:
            return ANONYMOUS
        for key in (agency or "", ""):
            if (role, key) in self.visitors:
                return self.visitors[role, key]
        return next((visitor for (held, _), visitor in self.visitors.items() if held == role), None)


def scenario_roles(definition: Definition) -> tuple[str, ...]:
    """Every name that a scenario may call people by."""
    return (*OUTSIDE, *(role for role in BUILTIN_ROLES if role not in OUTSIDE), *definition.roles)


def invite_people(
    session: AnySession, municipality: Municipality, definition: Definition, agencies: Mapping[str, Agency]
) -> People:
    """Accounts, memberships and roles for everybody whom a scenario may name."""
    scoped = [role.id for role in definition.roles.values() if role.scope == "agency"]
    city = [role.id for role in definition.roles.values() if role.scope != "agency"]
    places: list[tuple[str, Agency | None]] = [(role, None) for role in (*_AT_CITY, *city)]
    places += [(role, agency) for agency in agencies.values() for role in (*_BY_AGENCY, *scoped)]
    members = [_member(municipality, role, agency) for role, agency in places]
    citizen = Account(id=new_id(), email=f"resident@{municipality.slug}.invalid", name="Warga")
    # In the order of their foreign keys, each kind at once.
    session.add_all([citizen, *(account for account, _ in members)])
    session.flush()
    session.add_all(member for _, member in members)
    session.flush()
    people = People({("resident", ""): Visitor(account_id=citizen.id, name=citizen.name, email=citizen.email)})
    for (role, agency), (account, member) in zip(places, members, strict=True):
        grants = _grants(definition, role)
        session.add_all(
            RoleGrant(tenant_id=municipality.id, membership_id=member.id, app_id=app, role=held)
            for app, held in sorted(grants)
        )
        if role == "agency_head" and agency is not None:
            session.add(AgencyHead(tenant_id=municipality.id, agency_id=agency.id, membership_id=member.id))
        people.visitors[role, agency.key if agency else ""] = Visitor(
            account_id=account.id,
            name=account.name,
            email=account.email,
            membership_id=member.id,
            agency_id=member.agency_id,
            roles=frozenset(f"{app}:{held}" if app else held for app, held in grants),
        )
    return people


def _member(municipality: Municipality, role: str, agency: Agency | None) -> tuple[Account, Membership]:
    name = f"{role} {agency.key}" if agency else role
    email = f"{name.replace(' ', '.').lower()}@{municipality.slug}.invalid"
    account = Account(id=new_id(), email=email, name=name)
    member = Membership(
        tenant_id=municipality.id,
        id=new_id(),
        account_id=account.id,
        name=name,
        position=role,
        agency_id=agency.id if agency else None,
    )
    return account, member


def _grants(definition: Definition, role: str) -> set[tuple[str, str]]:
    own = (definition.id, role) if role in definition.roles else ("", role)
    # Heads are named by their agency, not granted.
    return {("", "official"), own} - {("", "agency_head")}
