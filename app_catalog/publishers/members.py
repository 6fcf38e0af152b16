"""Who acts for a publisher, and who may see its pages."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app_catalog.publishers.models import Publisher, PublisherMember
from lumbung.audit import record_audit
from lumbung.db.tenancy import AnySession
from lumbung.errors import Conflict, Forbidden, NotFound
from lumbung.i18n import Text
from tenants.accounts.models import Account


def publishers_of(session: AnySession, account_id: UUID) -> frozenset[UUID]:
    """Ids of the approved publishers that an account acts for: nobody speaks for one that is suspended."""
    statement = (
        select(PublisherMember.publisher_id)
        .join(Publisher, Publisher.id == PublisherMember.publisher_id)
        .where(PublisherMember.account_id == account_id, Publisher.status == "approved")
    )
    return frozenset(session.scalars(statement))


def list_own_publishers(session: AnySession, account_id: UUID | None) -> list[Publisher]:
    """The publishers that an account acts for or has asked for, by name."""
    statement = (
        select(Publisher)
        .where(
            Publisher.id.in_(select(PublisherMember.publisher_id).where(PublisherMember.account_id == account_id))
            | (Publisher.requested_by == account_id)
        )
        .order_by(Publisher.name)
    )
    return list(session.scalars(statement))


def access_publisher(session: AnySession, account_id: UUID | None, slug: str, *, owner: bool = False) -> Publisher:
    """An approved publisher that the account acts for.

    Raises NotFound when there is none by that slug or it is somebody else's, Forbidden when `owner` is asked and
    the account is only a maintainer.
    """
    row = session.execute(
        select(Publisher, PublisherMember.role)
        .join(PublisherMember, PublisherMember.publisher_id == Publisher.id)
        .where(Publisher.slug == slug, PublisherMember.account_id == account_id, Publisher.status == "approved")
    ).one_or_none()
    if row is None:
        raise NotFound
    publisher, role = row
    if owner and role != "owner":
        raise Forbidden(
            Text(
                "Hanya pemilik penerbit yang dapat mengubah ini. Mintalah kepada pemiliknya.",
                "Only an owner of the publisher may change this. Ask an owner.",
            )
        )
    found: Publisher = publisher
    return found


def is_member(session: AnySession, publisher_id: UUID, account_id: UUID) -> bool:
    """Whether the account acts for the publisher now."""
    statement = select(PublisherMember.id).where(
        PublisherMember.publisher_id == publisher_id, PublisherMember.account_id == account_id
    )
    return session.scalar(statement) is not None


def is_owner(session: AnySession, publisher: Publisher, account_id: UUID | None) -> bool:
    """Whether the account is an owner of the publisher."""
    statement = select(PublisherMember.id).where(
        PublisherMember.publisher_id == publisher.id,
        PublisherMember.account_id == account_id,
        PublisherMember.role == "owner",
    )
    return session.scalar(statement) is not None


def list_people(session: AnySession, publisher: Publisher) -> list[tuple[PublisherMember, Account]]:
    """The people of a publisher, owners first."""
    rows = session.execute(
        select(PublisherMember, Account)
        .join(Account, Account.id == PublisherMember.account_id)
        .where(PublisherMember.publisher_id == publisher.id)
        .order_by(PublisherMember.role.desc(), Account.name)
    )
    return [(member, account) for member, account in rows]


def remove_person(session: AnySession, publisher: Publisher, *, member_id: UUID) -> None:
    """Take a person's role away.

    Raises NotFound for a foreign or unknown member, Conflict for the last owner: a publisher never stays without one.
    """
    people = list(
        session.scalars(select(PublisherMember).where(PublisherMember.publisher_id == publisher.id).with_for_update())
    )
    member = next((person for person in people if person.id == member_id), None)
    if member is None:
        raise NotFound
    if member.role == "owner" and sum(person.role == "owner" for person in people) == 1:
        raise Conflict(
            Text(
                "Ini pemilik satu-satunya. Undang pemilik lain dahulu.",
                "This is the only owner. Invite another owner first.",
            )
        )
    session.delete(member)
    record_audit(
        session,
        "publisher.person-removed",
        subject_type="publisher",
        subject_id=publisher.id,
        before={"account_id": str(member.account_id), "role": member.role},
    )
