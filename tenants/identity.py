"""Who is asking: from the browser's session to roles in this municipality."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import g
from sqlalchemy import JSON, Row, exists, func, select
from sqlalchemy.orm import Session, scoped_session

from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.web.access import ANONYMOUS, Visitor
from lumbung.web.sites import Site, Tenant, hub_origin
from tenants.accounts.browser_session import browser_token, prolong_in_browser
from tenants.accounts.models import Account
from tenants.accounts.sessions import HUB, find_session, touch_session
from tenants.agencies.models import Agency, AgencyHead
from tenants.people.models import Delegation, Membership, RoleGrant

AGENCY_HEAD = "agency_head"

publisher_lookup: Callable[[AnySession, UUID], Iterable[UUID]] | None = None
"""Gives the ids of the publishers that an account speaks for. The catalog owns that table and sets this when it is
installed (`tenants.identity.publisher_lookup = …`); it is asked on the hub only."""


class AccountIdentity:
    """Looks the account of the browser's session up, with its membership and roles on this site."""

    def visitor(self, session: Session | scoped_session[Any], site: Site) -> Visitor:
        """The visitor; anonymous when nobody is signed in or the session was revoked.

        Costs nothing for an anonymous browser and two queries for one that is signed in.
        """
        token = browser_token()
        if token is None:
            return ANONYMOUS
        found = find_session(session, token, site.slug or HUB)
        if found is None:
            return ANONYMOUS
        if touch_session(session, found):
            prolong_in_browser()
        g.account_session_id = found.id
        return visitor_of(session, found.account, site)

    def sign_in_url(self, site: Site, next_path: str) -> str:
        """Where to send somebody who must sign in first, and back to `next_path` afterwards.

        People sign in on the hub only (ADR 0012); a portal gets them back by a hand-over.
        """
        if site.slug is None:
            return "/sign-in?" + urlencode({"next": next_path})
        return hub_origin() + "/handover?" + urlencode({"to": site.slug, "next": next_path})


def visitor_of(session: AnySession, account: Account, site: Site) -> Visitor:
    """The visitor that this account is on this site. On a portal the session belongs to its municipality already."""
    person: dict[str, Any] = {
        "account_id": account.id,
        "name": account.name,
        "email": account.email,
        "is_operator": account.is_operator,
        "is_curator": account.is_curator,
    }
    if site.tenant is None:
        publishers = publisher_lookup(session, account.id) if publisher_lookup else ()
        return Visitor(**person, publishers=frozenset(publishers))
    member = _find_member(session, account.id, site.tenant)
    if member is None:
        return Visitor(**person)
    roles = {f"{app_id}:{role}" if app_id else role for app_id, role in member.grants or ()}
    if member.heads:
        roles.add(AGENCY_HEAD)
    person["name"] = member.name
    return Visitor(**person, membership_id=member.id, agency_id=member.agency_id, roles=frozenset(roles))


def _find_member(session: AnySession, account_id: UUID, tenant: Tenant) -> Row[Any] | None:
    today = now().astimezone(ZoneInfo(tenant.timezone)).date()
    heads = exists().where(
        AgencyHead.tenant_id == tenant.id,
        AgencyHead.membership_id == Membership.id,
        Agency.tenant_id == tenant.id,
        Agency.id == AgencyHead.agency_id,
        Agency.closed_at.is_(None),
    )
    acts = exists().where(
        Delegation.tenant_id == tenant.id,
        Delegation.acting_id == Membership.id,
        Delegation.ended_at.is_(None),
        Delegation.first_day <= today,
        Delegation.last_day >= today,
    )
    grants = (
        select(func.json_agg(func.json_build_array(RoleGrant.app_id, RoleGrant.role), type_=JSON()))
        .where(RoleGrant.tenant_id == tenant.id, RoleGrant.membership_id == Membership.id)
        .scalar_subquery()
    )
    return session.execute(
        select(
            Membership.id,
            Membership.name,
            Membership.agency_id,
            grants.label("grants"),
            (heads | acts).label("heads"),
        ).where(
            Membership.tenant_id == tenant.id,
            Membership.account_id == account_id,
            Membership.ended_at.is_(None),
        )
    ).first()
