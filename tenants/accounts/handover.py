"""From the hub to a portal: a single-use link that lives a minute and works on one host only (ADR 0012)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from lumbung.audit import record_audit
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.errors import NotFound
from lumbung.web.sites import portal_origin
from tenants.accounts.errors import HandoverGone
from tenants.accounts.models import Account, AccountSession
from tenants.accounts.sessions import open_session
from tenants.accounts.tokens import make_token, use_token
from tenants.municipalities.models import Municipality

LIFETIME = timedelta(seconds=60)


@dataclass(frozen=True)
class Crossing:
    """What a portal's browser gets: the token of its own session, and whose it is."""

    token: str
    account: Account


def make_handover(session: AnySession, account_id: UUID, session_id: UUID, slug: str) -> str:
    """A token that opens a session on the municipality's portal, bound to this session of the hub.

    Raises NotFound when there is no such municipality, or it is suspended.
    """
    if "\0" in slug:  # PostgreSQL knows no such text.
        raise NotFound
    known = session.scalar(select(Municipality.id).where(Municipality.slug == slug, Municipality.status != "suspended"))
    if known is None:
        raise NotFound
    return make_token(
        session, account_id, "handover", lifetime=LIFETIME, audience=portal_origin(slug), session_id=session_id
    )


def use_handover(session: AnySession, token: str, slug: str, user_agent: str) -> Crossing:
    """Use a hand-over up on the portal `slug` and open a session there; it ends with the one on the hub.

    Raises HandoverGone when the token was used, is too old or was made for another host, and when the session on
    the hub has ended or the account is disabled meanwhile.
    """
    used = use_token(session, token, "handover", audience=portal_origin(slug))
    if used is None or used[1] is None:
        raise HandoverGone
    parent = session.scalar(
        select(AccountSession)
        .join(Account, Account.id == AccountSession.account_id)
        .where(
            AccountSession.id == used[1],
            AccountSession.revoked_at.is_(None),
            AccountSession.expires_at > now(),
            Account.disabled_at.is_(None),
        )
    )
    if parent is None:
        raise HandoverGone
    record_audit(session, "account.crossed", subject_type="account", subject_id=parent.account_id)
    child = open_session(session, parent.account, slug, user_agent, parent_id=parent.id)
    return Crossing(child, parent.account)
