"""Agencies as publishers: which of them a person may offer, and the name and key that are carried over the wall."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.exc import IntegrityError

from app_catalog.publishers.models import AgencyPublisher, Publisher
from lumbung.db import as_tenant
from lumbung.db.constraints import violated_constraint
from lumbung.db.tenancy import AnySession
from lumbung.errors import Conflict, Forbidden
from lumbung.i18n import Text
from tenants.accounts.models import AccountMembership
from tenants.agencies.models import Agency, AgencyHead
from tenants.municipalities.models import Municipality
from tenants.people.models import Membership, RoleGrant


@dataclass(frozen=True, slots=True)
class OfferedAgency:
    """An agency that a person may offer as a publisher. `id` names it in a form; it holds ids of both sides."""

    municipality_id: UUID
    municipality_name: str
    key: str
    name: str

    @property
    def id(self) -> str:
        return f"{self.municipality_id}/{self.key}"

    @property
    def shown(self) -> str:
        """How it is called where everybody reads it: “Dinas X, Kota Y”."""
        return f"{self.name}, {self.municipality_name}"


def agencies_offered_by(session: AnySession, account_id: UUID) -> list[OfferedAgency]:
    """The open agencies that an account heads, and all of those in municipalities that it administers, by name."""
    known = session.scalars(
        select(Municipality)
        .join(AccountMembership, AccountMembership.municipality_id == Municipality.id)
        .where(AccountMembership.account_id == account_id, Municipality.status == "active")
        .order_by(Municipality.name)
    )
    return [offered for municipality in known.all() for offered in _of_municipality(session, account_id, municipality)]


def access_agency(session: AnySession, account_id: UUID, offered_id: str) -> OfferedAgency:
    """The agency that a person offers. Raises Forbidden when it is not theirs to offer, or there is none."""
    for offered in agencies_offered_by(session, account_id):
        if offered.id == offered_id:
            return offered
    raise Forbidden(
        Text(
            "Hanya kepala sebuah dinas atau admin daerahnya yang dapat menawarkan dinas itu sebagai penerbit.",
            "Only the head of an agency or an administrator of its municipality may offer it as a publisher.",
        )
    )


def is_of_municipality(municipality_id: UUID) -> ColumnElement[bool]:
    """The condition that a publisher is the municipality itself, or one of its agencies."""
    agencies = select(AgencyPublisher.publisher_id).where(AgencyPublisher.municipality_id == municipality_id)
    return (Publisher.municipality_id == municipality_id) | Publisher.id.in_(agencies)


def carry_agency(session: AnySession, publisher: Publisher, offered: OfferedAgency) -> None:
    """Keep which agency the publisher is. Raises Conflict when the agency is a publisher already, or has asked."""
    row = AgencyPublisher(
        publisher_id=publisher.id,
        municipality_id=offered.municipality_id,
        agency_key=offered.key,
        agency_name=offered.name,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        if violated_constraint(error) != "uq_agency_publishers_municipality_id_agency_key":
            raise
        raise Conflict(
            Text("Dinas ini sudah terdaftar sebagai penerbit.", "This agency is a publisher already.")
        ) from error


def forget_agency(session: AnySession, publisher: Publisher) -> None:
    """The agency may ask anew: its request was refused."""
    row = session.scalar(select(AgencyPublisher).where(AgencyPublisher.publisher_id == publisher.id))
    if row is not None:
        session.delete(row)
        session.flush()


def _of_municipality(session: AnySession, account_id: UUID, municipality: Municipality) -> list[OfferedAgency]:
    own = (
        Membership.tenant_id == municipality.id,
        Membership.account_id == account_id,
        Membership.ended_at.is_(None),
    )
    administers = exists().where(
        *own,
        RoleGrant.tenant_id == Membership.tenant_id,
        RoleGrant.membership_id == Membership.id,
        RoleGrant.app_id == "",
        RoleGrant.role == "tenant_admin",
    )
    heads = exists().where(
        *own,
        AgencyHead.tenant_id == Agency.tenant_id,
        AgencyHead.agency_id == Agency.id,
        AgencyHead.membership_id == Membership.id,
    )
    with as_tenant(session, municipality.id):
        rows = session.execute(
            select(Agency.key, Agency.name)
            .where(Agency.tenant_id == municipality.id, Agency.closed_at.is_(None), administers | heads)
            .order_by(Agency.name)
        ).all()
    return [OfferedAgency(municipality.id, municipality.name, key, name) for key, name in rows]
