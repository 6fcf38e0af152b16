"""Believable people and places for tests, made with the models alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session, scoped_session

from lumbung.db import as_tenant, now
from lumbung.ids import new_id
from tenants.accounts.models import Account, AccountMembership
from tenants.agencies.models import Agency, AgencyHead
from tenants.calendars.models import OfficeHours
from tenants.municipalities.models import Municipality
from tenants.people.models import Membership, RoleGrant

PASSWORD = "padi menguning 2026"


@dataclass
class Place:
    """One municipality: its row, agencies by key, memberships and accounts by name."""

    municipality: Municipality
    agencies: dict[str, Agency] = field(default_factory=dict)
    members: dict[str, Membership] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)

    @property
    def id(self) -> UUID:
        return self.municipality.id

    @property
    def slug(self) -> str:
        return self.municipality.slug

    @property
    def host(self) -> str:
        return f"{self.slug}.lumbung.test"


@dataclass
class World:
    """Everything that a test may point at."""

    tangsel: Place
    surabaya: Place
    operator: Account
    stranger: Account


def build_world(session: scoped_session[Session] | Session) -> World:
    """Tangsel and Surabaya, each with agencies, an admin, a dispatcher, two handlers, a head and an evaluator."""
    operator = Account(email="operator@lumbung.test", name="Oki Operator", is_operator=True, is_curator=True)
    stranger = Account(email="warga@lumbung.test", name="Wati Warga")
    session.add_all([operator, stranger])
    session.flush()
    world = World(
        tangsel=_place(session, "36.74", "tangsel", "Kota Tangerang Selatan", "Asia/Jakarta", (106.71, -6.29)),
        surabaya=_place(session, "35.78", "surabaya", "Kota Surabaya", "Asia/Jakarta", (112.74, -7.26)),
        operator=operator,
        stranger=stranger,
    )
    session.commit()
    return world


_MORE = (
    ("32.71", "bogor", "Kota Bogor"),
    ("32.73", "bandung", "Kota Bandung"),
    ("32.74", "cirebon", "Kota Cirebon"),
    ("32.75", "bekasi", "Kota Bekasi"),
    ("32.76", "depok", "Kota Depok"),
    ("33.72", "surakarta", "Kota Surakarta"),
    ("33.74", "semarang", "Kota Semarang"),
    ("33.75", "pekalongan", "Kota Pekalongan"),
    ("34.71", "yogyakarta", "Kota Yogyakarta"),
    ("35.71", "kediri", "Kota Kediri"),
    ("35.73", "malang", "Kota Malang"),
    ("36.73", "serang", "Kota Serang"),
    ("36.72", "cilegon", "Kota Cilegon"),
    ("12.71", "medan", "Kota Medan"),
    ("16.71", "palembang", "Kota Palembang"),
)


def build_seventeen(session: scoped_session[Session] | Session, world: World) -> list[Place]:
    """Tangsel, Surabaya and fifteen more cities with the same agencies and people; committed."""
    more = [_place(session, code, slug, name, "Asia/Jakarta", (107.0, -6.5)) for code, slug, name in _MORE]
    session.commit()
    return [world.tangsel, world.surabaya, *more]


_PEOPLE: tuple[tuple[str, str | None, tuple[tuple[str, str], ...]], ...] = (
    ("admin", None, (("", "official"), ("", "tenant_admin"))),
    ("dispatcher", "diskominfo", (("", "official"), ("siaran", "dispatcher"))),
    ("handler", "dishub", (("", "official"), ("siaran", "handler"))),
    ("cleaner", "dlh", (("", "official"), ("siaran", "handler"))),
    ("head", "dishub", (("", "official"),)),
    ("evaluator", None, (("", "official"), ("", "evaluator"))),
)


def _place(session: Any, code: str, slug: str, name: str, zone: str, centre: tuple[float, float]) -> Place:
    municipality = Municipality(
        region_code=code,
        slug=slug,
        name=name,
        timezone=zone,
        status="active",
        activated_at=now(),
        centre_lon=centre[0],
        centre_lat=centre[1],
        terms_version="1",
        terms_accepted_at=now(),
    )
    session.add(municipality)
    place = Place(municipality)
    # Ids are given here, so that everything is stored at once: most tests begin with this.
    municipality.id = new_id()
    accounts = [_account(place, person) for person, _, _ in _PEOPLE]
    session.add_all(accounts)
    session.flush()
    with as_tenant(session, municipality.id):
        for key, title in (
            ("diskominfo", "Dinas Komunikasi dan Informatika"),
            ("dishub", "Dinas Perhubungan"),
            ("dlh", "Dinas Lingkungan Hidup"),
        ):
            agency = Agency(id=new_id(), tenant_id=municipality.id, key=key, name=title, short_name=key.capitalize())
            place.agencies[key] = agency
        for weekday in range(5):
            session.add(OfficeHours(tenant_id=municipality.id, weekday=weekday, opens=time(8), closes=time(16)))
        for person, agency_key, _ in _PEOPLE:
            place.members[person] = _member(place, person, agency_key)
        session.add_all([*place.agencies.values(), *place.members.values()])
        session.flush()
        session.add_all(
            RoleGrant(tenant_id=place.id, membership_id=place.members[person].id, app_id=app_id, role=role)
            for person, _, roles in _PEOPLE
            for app_id, role in roles
        )
        session.add_all(AccountMembership(account_id=account.id, municipality_id=place.id) for account in accounts)
        session.add(
            AgencyHead(
                tenant_id=place.id, agency_id=place.agencies["dishub"].id, membership_id=place.members["head"].id
            )
        )
        session.flush()
    return place


def _account(place: Place, person: str) -> Account:
    account = Account(
        id=new_id(), email=f"{person}@{place.slug}.test", name=f"{person.capitalize()} {place.slug.capitalize()}"
    )
    place.accounts[person] = account
    return account


def _member(place: Place, person: str, agency_key: str | None) -> Membership:
    account = place.accounts[person]
    return Membership(
        id=new_id(),
        tenant_id=place.id,
        account_id=account.id,
        name=account.name,
        position=person.capitalize(),
        agency_id=place.agencies[agency_key].id if agency_key else None,
    )
