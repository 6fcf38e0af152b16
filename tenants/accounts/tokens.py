"""Single-use links: only the digest is kept, and one request alone can use one."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, select, update

from lumbung.db import now
from lumbung.db.tenancy import AnySession
from tenants.accounts.models import Account, AccountToken

Purpose = Literal["reset", "confirm", "handover"]


def new_secret() -> str:
    """A token of 32 random bytes, fit for an address."""
    return secrets.token_urlsafe(32)


def digest_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def make_token(
    session: AnySession,
    account_id: UUID,
    purpose: Purpose,
    *,
    lifetime: timedelta,
    audience: str = "",
    session_id: UUID | None = None,
) -> str:
    """A new token for the account; `audience` is the host that alone may use it."""
    token = new_secret()
    session.add(
        AccountToken(
            account_id=account_id,
            session_id=session_id,
            purpose=purpose,
            token_digest=digest_of(token),
            audience=audience,
            expires_at=now() + lifetime,
        )
    )
    session.flush()
    return token


def find_token(session: AnySession, token: str, purpose: Purpose, *, audience: str = "") -> AccountToken | None:
    """The token when it can still be used, of an account that is not disabled; it stays unused."""
    return session.scalar(
        select(AccountToken)
        .join(Account, Account.id == AccountToken.account_id)
        .where(*_usable(token, purpose, audience), Account.disabled_at.is_(None))
    )


def use_token(
    session: AnySession, token: str, purpose: Purpose, *, audience: str = ""
) -> tuple[UUID, UUID | None] | None:
    """Use the token up; (account id, session id) for exactly one caller, None for everybody else."""
    used = session.execute(
        update(AccountToken)
        .where(*_usable(token, purpose, audience))
        .values(used_at=now())
        .returning(AccountToken.account_id, AccountToken.session_id)
        .execution_options(synchronize_session=False)
    ).first()
    return (used[0], used[1]) if used else None


def spoil_tokens(session: AnySession, account_id: UUID, purpose: Purpose) -> None:
    """Let no other link of this kind work any more."""
    session.execute(
        update(AccountToken)
        .where(AccountToken.account_id == account_id, AccountToken.purpose == purpose, AccountToken.used_at.is_(None))
        .values(used_at=now())
        .execution_options(synchronize_session=False)
    )


def _usable(token: str, purpose: Purpose, audience: str) -> tuple[ColumnElement[bool], ...]:
    return (
        AccountToken.token_digest == digest_of(token),
        AccountToken.purpose == purpose,
        AccountToken.audience == audience,
        AccountToken.used_at.is_(None),
        AccountToken.expires_at > now(),
    )
