"""What an operator may do with accounts: find one, let its owner in again, shut it, and forget what is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, or_, select

from lumbung.audit import record_audit
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.errors import Conflict
from lumbung.i18n import Text
from lumbung.outbox import periodic
from tenants.accounts.models import Account, AccountSession, AccountToken
from tenants.accounts.services import get_account
from tenants.accounts.sessions import revoke_all_sessions
from tenants.answers import clean_text

MOST = 50
KEPT = timedelta(days=90)


def search_accounts(session: AnySession, words: str) -> Sequence[Account]:
    """Accounts whose name or address holds these words, the newest first; at most 50. All when there are no words."""
    statement = select(Account).order_by(Account.created_at.desc(), Account.id).limit(MOST)
    plain = clean_text(words)
    if plain:
        statement = statement.where(
            or_(Account.name.icontains(plain, autoescape=True), Account.email.icontains(plain, autoescape=True))
        )
    return session.scalars(statement).all()


def disable_account(session: AnySession, actor_id: UUID, account_id: UUID) -> Account:
    """Shut an account: it is out of every site at its next request. Nothing that it did is taken back.

    Raises NotFound, and Conflict when operators would shut themselves out.
    """
    account = get_account(session, account_id)
    if account.id == actor_id:
        raise Conflict(
            Text("Anda tidak dapat menutup akun sendiri.", "You cannot disable your own account."),
        )
    if account.disabled_at is None:
        account.disabled_at = now()
        session.flush()
        revoke_all_sessions(session, account.id)
        record_audit(session, "account.disabled", subject_type="account", subject_id=account.id)
    return account


def enable_account(session: AnySession, account_id: UUID) -> Account:
    """Open a disabled account again; its owner signs in anew. Raises NotFound."""
    account = get_account(session, account_id)
    if account.disabled_at is not None:
        account.disabled_at = None
        session.flush()
        record_audit(session, "account.enabled", subject_type="account", subject_id=account.id)
    return account


def forget_ended(session: AnySession) -> int:
    """Delete sessions and links that have been over for 90 days, devices and all; how many."""
    long_ago = now() - KEPT
    tokens = delete(AccountToken).where(AccountToken.expires_at < long_ago).returning(AccountToken.id)
    sessions = (
        delete(AccountSession)
        .where(or_(AccountSession.expires_at < long_ago, AccountSession.revoked_at < long_ago))
        .returning(AccountSession.id)
    )
    return sum(len(session.execute(statement).all()) for statement in (tokens, sessions))


@periodic(24 * 3600, name="forget-ended-sessions", per_tenant=False)
def _forget_ended(session: AnySession) -> None:
    forget_ended(session)
