"""Signed-in browsers: opened, looked up at every request, listed, ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, SQLColumnExpression, exists, func, or_, select, update
from sqlalchemy.orm import aliased

from lumbung.audit import record_audit
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.errors import NotFound
from tenants.accounts.models import Account, AccountSession
from tenants.accounts.tokens import digest_of, new_secret

HUB = "hub"
IDLE = timedelta(days=30)
IDLE_OPERATOR = timedelta(hours=12)
TOUCH_EVERY = timedelta(minutes=5)
LONGEST_USER_AGENT = 300


def open_session(
    session: AnySession, account: Account, site: str, user_agent: str = "", *, parent_id: UUID | None = None
) -> str:
    """Sign a browser in on `site` ('hub' or a municipality's slug) and return the token that it keeps.

    The token stands nowhere in the database. A session with a parent ends with it.
    """
    token = new_secret()
    moment = now()
    session.add(
        AccountSession(
            account_id=account.id,
            parent_id=parent_id,
            token_digest=digest_of(token),
            site=site,
            user_agent=user_agent[:LONGEST_USER_AGENT],
            last_seen_at=moment,
            expires_at=moment + idle_limit(account),
        )
    )
    session.flush()
    return token


def idle_limit(account: Account) -> timedelta:
    """How long a session lives without being used: shorter for those who may do more."""
    return IDLE_OPERATOR if account.is_operator else IDLE


def find_session(session: AnySession, token: str, site: str) -> AccountSession | None:
    """The live session of this token on this site, with its account, or None.

    None too when it was ended, lay idle for too long, its parent ended, or the account is disabled.
    """
    parent = aliased(AccountSession)
    moment = now()
    return session.scalar(
        select(AccountSession)
        .join(Account, Account.id == AccountSession.account_id)
        .outerjoin(parent, parent.id == AccountSession.parent_id)
        .where(
            AccountSession.token_digest == digest_of(token),
            AccountSession.site == site,
            AccountSession.revoked_at.is_(None),
            AccountSession.expires_at > moment,
            Account.disabled_at.is_(None),
            or_(
                AccountSession.parent_id.is_(None),
                (parent.revoked_at.is_(None)) & (parent.expires_at > moment),
            ),
        )
        .execution_options(populate_existing=True)
    )


def find_browser(session: AnySession, session_id: UUID | None, account_id: UUID) -> UUID | None:
    """The session on the hub that this one of the account was handed over from, or itself; None when there is none."""
    if session_id is None:
        return None
    return session.scalar(
        select(func.coalesce(AccountSession.parent_id, AccountSession.id)).where(
            AccountSession.id == session_id, AccountSession.account_id == account_id
        )
    )


def live_session(
    account_id: SQLColumnExpression[UUID | None],
    browser_id: SQLColumnExpression[UUID | None],
    site: SQLColumnExpression[str],
    *,
    known_at: SQLColumnExpression[datetime],
) -> ColumnElement[bool]:
    """Whether the account is signed in on `site` in the browser of this session on the hub (`find_browser`). Where no
    browser is known: whether any session lives that the account had at `known_at` already."""
    own, parent = aliased(AccountSession), aliased(AccountSession)
    moment = now()
    return exists(
        select(own.id)
        .join(Account, Account.id == own.account_id)
        .outerjoin(parent, parent.id == own.parent_id)
        .where(
            own.account_id == account_id,
            own.revoked_at.is_(None),
            own.expires_at > moment,
            Account.disabled_at.is_(None),
            or_(own.parent_id.is_(None), (parent.revoked_at.is_(None)) & (parent.expires_at > moment)),
            or_(
                (own.site == site) & (func.coalesce(own.parent_id, own.id) == browser_id),
                browser_id.is_(None) & (own.created_at <= known_at),
            ),
        )
    )


def touch_session(session: AnySession, found: AccountSession) -> bool:
    """Note that the session (and its parent) is in use, at most every five minutes; whether it was noted."""
    moment = now()
    if moment - found.last_seen_at < TOUCH_EVERY:
        return False
    ids = [found.id] if found.parent_id is None else [found.id, found.parent_id]
    session.execute(
        update(AccountSession)
        .where(AccountSession.id.in_(ids), AccountSession.revoked_at.is_(None))
        .values(last_seen_at=moment, expires_at=moment + idle_limit(found.account))
        .execution_options(synchronize_session=False)
    )
    return True


def list_sessions(session: AnySession, account_id: UUID) -> Sequence[AccountSession]:
    """The account's live sessions, those on the hub first, the last used first."""
    moment = now()
    parent = aliased(AccountSession)
    return session.scalars(
        select(AccountSession)
        .outerjoin(parent, parent.id == AccountSession.parent_id)
        .where(
            AccountSession.account_id == account_id,
            AccountSession.revoked_at.is_(None),
            AccountSession.expires_at > moment,
            or_(AccountSession.parent_id.is_(None), parent.revoked_at.is_(None)),
        )
        .order_by(AccountSession.parent_id.is_not(None), AccountSession.last_seen_at.desc(), AccountSession.id)
    ).all()


def revoke_session(session: AnySession, account_id: UUID, session_id: UUID) -> None:
    """End one session of the account, and those that were handed over from it.

    Raises NotFound when the account has no such session.
    """
    ended = _end(
        session,
        AccountSession.account_id == account_id,
        or_(AccountSession.id == session_id, AccountSession.parent_id == session_id),
    )
    if not ended:
        raise NotFound
    record_audit(session, "account.session_ended", subject_type="account", subject_id=account_id)


def end_token(session: AnySession, token: str | None) -> None:
    """End the session that this token opens, with those that were handed over from it; anything else is nothing."""
    if token is None:
        return
    found = session.scalar(
        select(AccountSession.id).where(
            AccountSession.token_digest == digest_of(token), AccountSession.revoked_at.is_(None)
        )
    )
    if found is not None:
        _end(session, or_(AccountSession.id == found, AccountSession.parent_id == found))


def revoke_all_sessions(session: AnySession, account_id: UUID, *, keep: UUID | None = None) -> int:
    """End every session of the account but `keep` and its children; how many were ended."""
    conditions = [AccountSession.account_id == account_id]
    if keep is not None:
        conditions.append(AccountSession.id != keep)
        conditions.append(or_(AccountSession.parent_id.is_(None), AccountSession.parent_id != keep))
    ended = _end(session, *conditions)
    if ended:
        record_audit(
            session,
            "account.sessions_ended",
            subject_type="account",
            subject_id=account_id,
            after={"count": ended},
        )
    return ended


def _end(session: AnySession, *conditions: object) -> int:
    ended = session.execute(
        update(AccountSession)
        .where(*conditions, AccountSession.revoked_at.is_(None))  # type: ignore[arg-type]
        .values(revoked_at=now())
        .returning(AccountSession.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(ended)
