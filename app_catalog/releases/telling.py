"""The people of a publisher are told, by the hub and each in the own language, what was decided about a release."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import select

from app_catalog.publishers.models import PublisherMember
from lumbung.db import use_tenant
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.i18n import Text, current_language, use_language
from lumbung.messages import send_email
from tenants.accounts.models import Account


@contextmanager
def in_language_of(account: Account) -> Iterator[None]:
    """Texts inside the block are in the account's language."""
    before = current_language()
    use_language(account.language)
    try:
        yield
    finally:
        use_language(before)


def tell_publisher(
    session: AnySession,
    publisher_id: UUID,
    *,
    subject: Text,
    text: Text,
    about: tuple[str, object],
    owners: bool = False,
) -> None:
    """An e-mail of the hub to everybody who acts for the publisher, or to its owners alone."""
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
        for person in people:
            with in_language_of(person):
                send_email(session, to=person.email, subject=str(subject), text=str(text), subject_ref=about)
        session.flush()
    finally:
        use_tenant(session, before)
