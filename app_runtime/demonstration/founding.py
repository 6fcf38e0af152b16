"""A municipality of the demonstration: claimed, approved, described, with its offices and people."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from uuid import UUID

from app_runtime.demonstration.scenes import draw_seal
from app_runtime.demonstration.script import ADMIN, OPERATOR_LOGIN, PASSWORD, City, Person
from lumbung.db import as_tenant
from lumbung.db.tenancy import AnySession
from lumbung.web.access import Visitor
from tenants.accounts.models import Account
from tenants.accounts.passwords import hash_password
from tenants.accounts.services import create_account, find_account
from tenants.agencies.heads import set_head
from tenants.agencies.models import Agency
from tenants.agencies.services import AgencyDetails, create_agency
from tenants.municipalities.claims import submit_claim
from tenants.municipalities.decisions import approve_claim
from tenants.municipalities.models import Municipality
from tenants.municipalities.seal import set_seal
from tenants.municipalities.services import change_municipality, set_status
from tenants.people.acceptance import accept_invitation
from tenants.people.invitations import invite_person
from tenants.people.services import list_members


@dataclass
class Founded:
    """A municipality with its people as they sign in, by login."""

    city: City
    municipality: Municipality
    visitors: dict[str, Visitor] = field(default_factory=dict)

    @property
    def id(self) -> UUID:
        """The municipality's id."""
        return self.municipality.id

    def visitor(self, person: Person) -> Visitor:
        """Somebody at work on the portal."""
        return self.visitors[person.login]


def add_account(session: AnySession, email: str, name: str, *, operator: bool = False) -> Account:
    """The account of an invented person with the demonstration's password, made when there is none."""
    found = find_account(session, email)
    if found is None:
        found = create_account(session, email=email, name=name, is_operator=operator, is_curator=operator)
        found.password_hash = shared_hash()
        session.flush()
    return found


def add_operator(session: AnySession) -> Account:
    """The operator of the hub, who decides on claims and publishers."""
    return add_account(session, OPERATOR_LOGIN, "Oktavia Prameswara", operator=True)


def take_claim(session: AnySession, city: City) -> Municipality:
    """The municipality just approved: its admin has everything before them."""
    operator = add_operator(session)
    admin = city.with_role(ADMIN)
    first = add_account(session, city.address(admin), admin.name)
    claim = submit_claim(
        session,
        first.id,
        city.region_code,
        office=_office_name(city, admin),
        position=admin.position,
        evidence="Data peragaan: surat tugas contoh, bukan dokumen pemerintah daerah yang sesungguhnya.",
        accepted=True,
    )
    municipality = approve_claim(session, claim.id, operator_id=operator.id, slug=city.slug)
    municipality.demo = True
    session.flush()
    return municipality


def found_city(session: AnySession, city: City) -> Founded:
    """The municipality, open to residents, with all its people; every step is the one that people take on the web."""
    municipality = take_claim(session, city)
    founded = Founded(city, municipality)
    with as_tenant(session, municipality.id):
        describe(session, founded)
        agencies = _add_offices(session, city)
        _add_people(session, founded, agencies)
        set_status(session, municipality, "active")
    return founded


def find_visitors(session: AnySession, city: City) -> dict[str, Visitor]:
    """The people of the session's municipality as they sign in, by login."""
    by_address = {member.email: member for member in list_members(session)}
    return {
        person.login: Visitor(
            account_id=member.membership.account_id,
            name=person.name,
            email=member.email,
            membership_id=member.membership.id,
            agency_id=member.membership.agency_id,
            roles=frozenset(member.roles),
        )
        for person in city.people
        for member in (by_address[city.address(person)],)
    }


def describe(session: AnySession, founded: Founded) -> None:
    """Place, colour, seal and contact of the session's municipality."""
    city = founded.city
    change_municipality(
        session,
        founded.municipality,
        {
            "centre_lon": city.centre[0],
            "centre_lat": city.centre[1],
            "zoom": city.zoom,
            "brand_colour": city.colour,
            "contact_email": f"halo@{city.slug}.example.org",
            "contact_phone": city.contact_phone,
        },
    )
    set_seal(session, founded.municipality, draw_seal(city.initials, city.colour), name="tanda-peragaan.png")


def _add_offices(session: AnySession, city: City) -> dict[str, Agency]:
    made: dict[str, Agency] = {}
    for order, office in enumerate(city.offices):
        details = AgencyDetails(
            name=office.name,
            short_name=office.short_name,
            parent_id=made[office.parent].id if office.parent else None,
            email=f"{office.key}@{city.slug}.example.org",
            order=order,
        )
        made[office.key] = create_agency(session, details, key=office.key)
    return made


def _add_people(session: AnySession, founded: Founded, agencies: dict[str, Agency]) -> None:
    city = founded.city
    for person in city.people:
        account = add_account(session, city.address(person), person.name)
        office = agencies[person.office] if person.office else None
        _, link = invite_person(
            session,
            None,
            email=account.email,
            name=person.name,
            position=person.position,
            agency_id=office.id if office else None,
            head=person.head,
            roles=person.roles,
        )
        accept_invitation(session, city.slug, link.rpartition("/")[2], account)
    founded.visitors.update(find_visitors(session, city))
    if city.headless:
        return
    # An office without a head of its own would leave a gap in the checklist; the admin stands in.
    for key, agency in agencies.items():
        if not any(person.head and person.office == key for person in city.people):
            set_head(session, agency, founded.visitor(city.with_role(ADMIN)).membership_id)


def _office_name(city: City, person: Person) -> str:
    return next((office.name for office in city.offices if office.key == person.office), "Sekretariat Daerah")


@cache
def shared_hash() -> str:
    """The hash of the demonstration's password."""
    # Everybody's password is the same and printed at every start; hashing it once per person would take seconds.
    return hash_password(PASSWORD)
