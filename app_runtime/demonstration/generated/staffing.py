"""Offices and people of a generated municipality, written at once: twenty people one by one would take a second."""

from __future__ import annotations

from uuid import UUID

from app_runtime.demonstration.founding import Founded, find_visitors, shared_hash
from app_runtime.demonstration.script import ADMIN, City, Person
from lumbung.db.tenancy import AnySession
from lumbung.ids import new_id
from tenants.accounts.models import Account, AccountMembership
from tenants.agencies.models import Agency, AgencyHead
from tenants.people.models import Membership, RoleGrant
from tenants.people.roles import OFFICIAL, split_role
from tenants.people.services import list_members


def staff(session: AnySession, founded: Founded) -> None:
    """Give the session's municipality its offices, people and heads. The admin is there already and stands in for heads
    that are missing, unless the city is headless."""
    city = founded.city
    offices = _offices(session, founded.id, city)
    members = {city.with_role(ADMIN).login: list_members(session)[0].membership}
    newcomers = [person for person in city.people if person.login not in members]
    accounts = {
        person.login: Account(id=new_id(), email=city.address(person), name=person.name, password_hash=shared_hash())
        for person in newcomers
    }
    session.add_all(accounts.values())
    session.flush()
    for person in newcomers:
        members[person.login] = _member(founded.id, person, accounts[person.login], offices)
    session.add_all(members.values())
    session.flush()
    for person in newcomers:
        session.add_all(_grants(founded.id, members[person.login].id, person))
        session.add(AccountMembership(account_id=accounts[person.login].id, municipality_id=founded.id))
    if not city.headless:
        heads = {person.office: members[person.login].id for person in city.people if person.head}
        stand_in = members[city.with_role(ADMIN).login].id
        session.add_all(
            AgencyHead(tenant_id=founded.id, agency_id=agency_id, membership_id=heads.get(key, stand_in))
            for key, agency_id in offices.items()
        )
    session.flush()
    founded.visitors.update(find_visitors(session, city))


def _offices(session: AnySession, tenant_id: UUID, city: City) -> dict[str, UUID]:
    """Their ids by key; those above come first."""
    ids = {office.key: new_id() for office in city.offices}
    for above in (True, False):
        session.add_all(
            Agency(
                tenant_id=tenant_id,
                id=ids[office.key],
                key=office.key,
                name=office.name,
                short_name=office.short_name,
                parent_id=ids[office.parent] if office.parent else None,
                email=f"{office.key}@{city.slug}.example.org",
                order=order,
            )
            for order, office in enumerate(city.offices)
            if (office.parent is None) is above
        )
        session.flush()
    return ids


def _member(tenant_id: UUID, person: Person, account: Account, offices: dict[str, UUID]) -> Membership:
    return Membership(
        tenant_id=tenant_id,
        id=new_id(),
        account_id=account.id,
        name=person.name,
        position=person.position,
        agency_id=offices[person.office] if person.office else None,
    )


def _grants(tenant_id: UUID, membership_id: UUID, person: Person) -> list[RoleGrant]:
    grants = []
    for role in dict.fromkeys((OFFICIAL, *person.roles)):
        app_id, name = split_role(role)
        grants.append(RoleGrant(tenant_id=tenant_id, membership_id=membership_id, app_id=app_id, role=name))
    return grants
