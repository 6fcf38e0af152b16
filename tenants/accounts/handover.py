"""From the hub to a portal: a single-use link that lives a minute and works on one host, in one browser (ADR 0012).

The portal gives the browser a secret before it leads to the hub, and the link is bound to that secret's digest. A link
that somebody else made thus opens nothing: nobody is signed in as a stranger without noticing.
"""

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


def require_portal(session: AnySession, slug: str) -> None:
    """Raise NotFound when there is no such municipality, or it is suspended."""
    if "\0" in slug:  # PostgreSQL knows no such text.
        raise NotFound
    known = session.scalar(select(Municipality.id).where(Municipality.slug == slug, Municipality.status != "suspended"))
    if known is None:
        raise NotFound


def make_handover(session: AnySession, account_id: UUID, session_id: UUID, slug: str, browser: str) -> str:
    """A token that opens a session on the municipality's portal, bound to this session of the hub.

    `browser` is the digest that the portal gave along. Raises NotFound when there is no such municipality, or it is
    suspended.
    """
    require_portal(session, slug)
    return make_token(
        session, account_id, "handover", lifetime=LIFETIME, audience=_audience(slug, browser), session_id=session_id
    )


def use_handover(session: AnySession, token: str, slug: str, browser: str, user_agent: str) -> Crossing:
    """Use a hand-over up on the portal `slug` and open a session there; it ends with the one on the hub.

    Raises HandoverGone when the token was used, is too old or was made for another host or browser, and when the
    session on the hub has ended or the account is disabled meanwhile.
    """
    used = use_token(session, token, "handover", audience=_audience(slug, browser))
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


def _audience(slug: str, browser: str) -> str:
    return f"{portal_origin(slug)}#{browser}"
