"""The people of a publisher are told, by the hub and each in the own language."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app_catalog.publishers.models import PublisherMember
from lumbung.db import use_tenant
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.i18n import Text
from lumbung.messages import tell_each
from tenants.accounts.models import Account


def tell_publisher(
    session: AnySession,
    publisher_id: UUID,
    *,
    subject: Text,
    text: Text,
    about: tuple[str, object],
    owners: bool = False,
) -> None:
    """An e-mail of the hub to everybody who acts for the publisher, or to its owners alone.

    The letter is the hub's wherever it is called: maintainers have no part in a municipality that wrote to them.
    """
    statement = (
        select(Account)
        .join(PublisherMember, PublisherMember.account_id == Account.id)
        .where(PublisherMember.publisher_id == publisher_id, Account.disabled_at.is_(None))
        .order_by(Account.id)
    )
    if owners:
        statement = statement.where(PublisherMember.role == "owner")
    people = session.scalars(statement).all()
    before = current_tenant(session)
    use_tenant(session, None)
    try:
        tell_each(session, people, subject=subject, text=text, about=about)
        session.flush()
    finally:
        use_tenant(session, before)
