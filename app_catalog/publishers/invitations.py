"""Inviting people to act for a publisher, by a link that works once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from app_catalog.publishers.mailing import mail_invitation
from app_catalog.publishers.models import Publisher, PublisherInvitation, PublisherMember
from lumbung.audit import record_audit
from lumbung.db import now
from lumbung.db.constraints import violated_constraint
from lumbung.db.tenancy import AnySession
from lumbung.errors import Conflict, Gone, NotFound
from lumbung.i18n import Text

LIFE = timedelta(days=14)


def invite(
    session: AnySession, publisher: Publisher, *, email: str, role: str, inviter: str = ""
) -> tuple[PublisherInvitation, str]:
    """An invitation and the token of its link, which is shown once and sent to the address. `role` is owner or
    maintainer; `inviter` is the name of who invites. An earlier open invitation of the same address stops working."""
    address = email.strip().lower()
    session.execute(
        delete(PublisherInvitation).where(
            PublisherInvitation.publisher_id == publisher.id,
            PublisherInvitation.email == address,
            PublisherInvitation.accepted_at.is_(None),
        )
    )
    token = secrets.token_urlsafe(24)
    invitation = PublisherInvitation(
        publisher_id=publisher.id,
        email=address,
        role=role,
        token_digest=_digest(token),
        expires_at=now() + LIFE,
    )
    session.add(invitation)
    session.flush()
    _note(session, "publisher.person-invited", invitation)
    mail_invitation(session, publisher, invitation, token=token, inviter=inviter)
    return invitation, token


def resend(
    session: AnySession, publisher: Publisher, *, invitation_id: UUID, inviter: str = ""
) -> tuple[PublisherInvitation, str]:
    """The invitation with a new link for another 14 days, sent again; the former link opens nothing any more.

    Raises NotFound for a foreign or unknown invitation and for one that was accepted.
    """
    invitation = session.scalar(
        select(PublisherInvitation)
        .where(
            PublisherInvitation.id == invitation_id,
            PublisherInvitation.publisher_id == publisher.id,
            PublisherInvitation.accepted_at.is_(None),
        )
        .with_for_update()
    )
    if invitation is None:
        raise NotFound
    token = secrets.token_urlsafe(24)
    invitation.token_digest, invitation.expires_at = _digest(token), now() + LIFE
    session.flush()
    _note(session, "publisher.invitation-sent-again", invitation)
    mail_invitation(session, publisher, invitation, token=token, inviter=inviter)
    return invitation, token


def list_invitations(session: AnySession, publisher: Publisher) -> list[tuple[PublisherInvitation, bool]]:
    """Invitations that nobody has accepted, the newest first, and whether each is over."""
    found = session.scalars(
        select(PublisherInvitation)
        .where(PublisherInvitation.publisher_id == publisher.id, PublisherInvitation.accepted_at.is_(None))
        .order_by(PublisherInvitation.created_at.desc())
        .limit(100)
    )
    return [(invitation, invitation.expires_at <= now()) for invitation in found]


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


def _note(session: AnySession, action: str, invitation: PublisherInvitation) -> None:
    record_audit(
        session,
        action,
        subject_type="publisher",
        subject_id=invitation.publisher_id,
        after={"invitation": str(invitation.id), "role": invitation.role},
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
