"""Inviting people to act for a publisher, by a link that works once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app_catalog.publishers.models import Publisher, PublisherInvitation, PublisherMember
from lumbung.audit import record_audit
from lumbung.db import now
from lumbung.db.constraints import violated_constraint
from lumbung.db.tenancy import AnySession
from lumbung.errors import Conflict, Gone, NotFound
from lumbung.i18n import Text

LIFE = timedelta(days=14)


def invite(session: AnySession, publisher: Publisher, *, email: str, role: str) -> tuple[PublisherInvitation, str]:
    """An invitation and the token of its link, which is shown once. `role` is owner or maintainer."""
    token = secrets.token_urlsafe(24)
    invitation = PublisherInvitation(
        publisher_id=publisher.id,
        email=email.strip().lower(),
        role=role,
        token_digest=_digest(token),
        expires_at=now() + LIFE,
    )
    session.add(invitation)
    session.flush()
    record_audit(
        session,
        "publisher.person-invited",
        subject_type="publisher",
        subject_id=publisher.id,
        after={"invitation": str(invitation.id), "role": role},
    )
    return invitation, token


def list_open_invitations(session: AnySession, publisher: Publisher) -> list[PublisherInvitation]:
    """Invitations that can still be accepted, the newest first."""
    return list(
        session.scalars(
            select(PublisherInvitation)
            .where(
                PublisherInvitation.publisher_id == publisher.id,
                PublisherInvitation.accepted_at.is_(None),
                PublisherInvitation.expires_at > now(),
            )
            .order_by(PublisherInvitation.created_at.desc())
        )
    )


def withdraw_invitation(session: AnySession, publisher: Publisher, *, invitation_id: UUID) -> None:
    """The link opens nothing from now on. Raises NotFound for a foreign or unknown invitation."""
    invitation = session.scalar(
        select(PublisherInvitation).where(
            PublisherInvitation.id == invitation_id, PublisherInvitation.publisher_id == publisher.id
        )
    )
    if invitation is None:
        raise NotFound
    session.delete(invitation)
    record_audit(
        session,
        "publisher.invitation-withdrawn",
        subject_type="publisher",
        subject_id=publisher.id,
        before={"invitation": str(invitation_id)},
    )


def get_invitation(session: AnySession, token: str) -> tuple[PublisherInvitation, Publisher]:
    """The invitation of a link and who invites. Raises Gone when it is unknown, used or over."""
    row = session.execute(
        select(PublisherInvitation, Publisher)
        .join(Publisher, Publisher.id == PublisherInvitation.publisher_id)
        .where(PublisherInvitation.token_digest == _digest(token))
        .with_for_update(of=PublisherInvitation)
    ).one_or_none()
    if row is None:
        raise Gone
    invitation, publisher = row
    if invitation.accepted_at is not None or invitation.expires_at <= now() or publisher.status != "approved":
        raise Gone
    return invitation, publisher


def accept_invitation(session: AnySession, token: str, *, account_id: UUID) -> Publisher:
    """The person acts for the publisher from now on.

    Raises Gone when the link is unknown, used or over, Conflict when the person is there already.
    """
    invitation, publisher = get_invitation(session, token)
    member = PublisherMember(publisher_id=publisher.id, account_id=account_id, role=invitation.role)
    try:
        with session.begin_nested():
            session.add(member)
    except IntegrityError as error:
        if violated_constraint(error) != "uq_publisher_members_publisher_id_account_id":
            raise
        raise Conflict(
            Text("Anda sudah menjadi bagian dari penerbit ini.", "You are part of this publisher already.")
        ) from error
    invitation.accepted_at = now()
    record_audit(
        session,
        "publisher.person-joined",
        subject_type="publisher",
        subject_id=publisher.id,
        after={"account_id": str(account_id), "role": invitation.role},
    )
    return publisher


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
