"""Tokens with which the command line publishes for a person and a publisher."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from app_catalog.publishers.members import is_member
from app_catalog.publishers.models import Publisher, PublishToken
from lumbung.audit import record_audit
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.errors import NotFound, SignInNeeded
from lumbung.i18n import Text
from tenants.accounts.models import Account

PREFIX = "lbg_"
LIFETIMES = (30, 90, 365)
"""Days that a token may live."""


def digest_of(token: str) -> str:
    """What is kept of a token: its SHA-256 (a token has 256 random bits, so no salt is needed)."""
    return hashlib.sha256(token.encode()).hexdigest()


def create_token(
    session: AnySession, publisher: Publisher, *, account_id: UUID, name: str, days: int
) -> tuple[PublishToken, str]:
    """A new token and its text, which is shown once and never again. `days` is its life."""
    text = PREFIX + secrets.token_urlsafe(32)
    token = PublishToken(
        publisher_id=publisher.id,
        account_id=account_id,
        name=name.strip(),
        token_digest=digest_of(text),
        expires_at=now() + timedelta(days=days),
    )
    session.add(token)
    session.flush()
    _note(session, "publisher.token-created", token)
    return token, text


def list_tokens(session: AnySession, publisher: Publisher) -> list[tuple[PublishToken, str]]:
    """Tokens of a publisher with the name of the person each speaks for, the newest first."""
    rows = session.execute(
        select(PublishToken, Account.name)
        .join(Account, Account.id == PublishToken.account_id)
        .where(PublishToken.publisher_id == publisher.id)
        .order_by(PublishToken.created_at.desc())
    )
    return [(token, name) for token, name in rows]


def revoke_token(session: AnySession, publisher: Publisher, *, token_id: UUID) -> None:
    """The token opens nothing from now on; again is the same. Raises NotFound for a foreign or unknown one."""
    token = session.scalar(
        select(PublishToken).where(PublishToken.id == token_id, PublishToken.publisher_id == publisher.id)
    )
    if token is None:
        raise NotFound
    if token.revoked_at is None:
        token.revoked_at = now()
        _note(session, "publisher.token-revoked", token)


def access_by_token(session: AnySession, text: str, *, slug: str) -> tuple[Publisher, Account]:
    """The publisher named `slug` and the person that a token speaks for.

    Raises SignInNeeded when the token is unknown, over, revoked, or its owner has left the publisher; NotFound when
    the token is good and belongs to another publisher.
    """
    row = session.execute(
        select(PublishToken, Publisher, Account)
        .join(Publisher, Publisher.id == PublishToken.publisher_id)
        .join(Account, Account.id == PublishToken.account_id)
        .where(PublishToken.token_digest == digest_of(text))
    ).one_or_none()
    if row is None or not _is_good(session, *row):
        raise SignInNeeded(
            Text(
                "Token ini tidak berlaku: salah ketik, kedaluwarsa, atau sudah dicabut. "
                "Buat yang baru di halaman penerbit.",
                "This token is not valid: mistyped, expired or revoked. Make a new one on the publisher's page.",
            )
        )
    token, publisher, account = row
    if publisher.slug != slug:
        raise NotFound
    token.last_used_at = now()
    return publisher, account


def _is_good(session: AnySession, token: PublishToken, publisher: Publisher, account: Account) -> bool:
    return (
        token.revoked_at is None
        and token.expires_at > now()
        and publisher.status == "approved"
        and account.disabled_at is None
        and is_member(session, publisher.id, account.id)
    )


def _note(session: AnySession, action: str, token: PublishToken) -> None:
    record_audit(
        session,
        action,
        subject_type="publisher",
        subject_id=token.publisher_id,
        after={"token": str(token.id), "name": token.name},
    )
