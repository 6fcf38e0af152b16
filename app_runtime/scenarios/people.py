"""The people of a scenario: one per role, and per agency where the role belongs to one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app_catalog.definitions.model import BUILTIN_ROLES, Definition
from lumbung.db.tenancy import AnySession
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
    people = People()
    people.visitors["resident", ""] = _citizen(session, municipality)
    scoped = [role.id for role in definition.roles.values() if role.scope == "agency"]
    city = [role.id for role in definition.roles.values() if role.scope != "agency"]
    for role in (*_AT_CITY, *city):
        people.visitors[role, ""] = _member(session, municipality, definition, role, None)
    for key, agency in agencies.items():
        for role in (*_BY_AGENCY, *scoped):
            people.visitors[role, key] = _member(session, municipality, definition, role, agency)
    return people


def _citizen(session: AnySession, municipality: Municipality) -> Visitor:
    account = Account(email=f"resident@{municipality.slug}.invalid", name="Warga")
    session.add(account)
    session.flush()
    return Visitor(account_id=account.id, name=account.name, email=account.email)


def _member(
    session: AnySession, municipality: Municipality, definition: Definition, role: str, agency: Agency | None
) -> Visitor:
    name = f"{role} {agency.key}" if agency else role
    account = Account(email=f"{name.replace(' ', '.').lower()}@{municipality.slug}.invalid", name=name)
    session.add(account)
    session.flush()
    member = Membership(
        tenant_id=municipality.id,
        account_id=account.id,
        name=name,
        position=role,
        agency_id=agency.id if agency else None,
    )
    session.add(member)
    session.flush()
    own = role in definition.roles
    grants = {("", "official"), (definition.id, role) if own else ("", role)} - {("", "agency_head")}
    session.add_all(
        RoleGrant(tenant_id=municipality.id, membership_id=member.id, app_id=app, role=held)
        for app, held in sorted(grants)
    )
    if role == "agency_head" and agency is not None:
        session.add(AgencyHead(tenant_id=municipality.id, agency_id=agency.id, membership_id=member.id))
    return Visitor(
        account_id=account.id,
        name=name,
        email=account.email,
        membership_id=member.id,
        agency_id=member.agency_id,
        roles=frozenset(f"{app}:{held}" if app else held for app, held in grants),
    )
