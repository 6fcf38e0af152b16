"""Who acts on records: a visitor, a resident with a code or an account, a member at work, or the platform itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from sqlalchemy import select

from app_catalog.installations.models import Installation
from app_runtime.records.agency_tree import load_agencies
from app_runtime.records.models import Record
from app_runtime.records.municipal import municipal_today
from app_runtime.records.tracking import tracking_digest
from lumbung.db import now
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.web.access import Visitor
from tenants.agencies.models import AgencyHead
from tenants.people.models import Delegation

ActorKind = Literal["visitor", "resident", "member", "system"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who asks, with the roles held in one app.

    `roles` are the app's own role ids and built-in ones (`public`, `official`, `agency_head`, `tenant_admin`);
    `resident` is not among them, because it holds for single records (`owns`). `agency_ids` are the agencies it works
    for (its own and those it heads) and all below them, `headed_ids` those it heads or acts for, and all below.
    `held` are the grants as stored (`siaran:dispatcher`), so that `in_app` can turn to another app.
    """

    kind: ActorKind
    account_id: UUID | None = None
    membership_id: UUID | None = None
    name: str = ""
    roles: frozenset[str] = frozenset({"public"})
    agency_id: UUID | None = None
    agency_ids: frozenset[UUID] = frozenset()
    headed_ids: frozenset[UUID] = frozenset()
    tracking_digest: str | None = None
    held: frozenset[str] = frozenset()

    @property
    def is_member(self) -> bool:
        """Whether this is somebody at work in the municipality."""
        return self.membership_id is not None

    @property
    def is_system(self) -> bool:
        """Whether the platform acts by itself: automations, clocks."""
        return self.kind == "system"

    def owns(self, record: Record) -> bool:
        """Whether the record is this person's own: made by the account, or opened by its tracking code."""
        by_account = self.account_id is not None and record.created_by == self.account_id
        by_code = self.tracking_digest is not None and record.tracking_digest == self.tracking_digest
        return by_account or by_code

    def in_app(self, slug: str) -> Actor:
        """The same person with the roles of another app of the municipality."""
        if not self.held:
            return self
        return replace(self, roles=_roles_in(self.held, slug, heads=bool(self.headed_ids)))


SYSTEM = Actor(kind="system", name="Lumbung", roles=frozenset())
"""The platform itself; may take every action whose state and condition allow it."""


def actor_for(
    session: AnySession,
    visitor: Visitor,
    installation: Installation | None = None,
    *,
    tracking_code: str | None = None,
) -> Actor:
    """The actor behind a request on a portal, with roles in the app of `installation` (built-in ones without).

    A `tracking_code` that is no code is as good as none. Who acts for a head today (the municipality's date) counts as
    head.
    """
    code_digest = tracking_digest(tracking_code) if tracking_code else None
    if visitor.membership_id is None:
        known = visitor.account_id is not None or code_digest is not None
        return Actor(
            kind="resident" if known else "visitor",
            account_id=visitor.account_id,
            name=visitor.name,
            tracking_digest=code_digest,
        )
    tree = load_agencies(session)
    headed = tree.with_below(_headed_agencies(session, visitor.membership_id))
    own = tree.with_below({visitor.agency_id} if visitor.agency_id else ())
    return Actor(
        kind="member",
        account_id=visitor.account_id,
        membership_id=visitor.membership_id,
        name=visitor.name,
        roles=_roles_in(visitor.roles, installation.slug if installation else "", heads=bool(headed)),
        agency_id=visitor.agency_id,
        agency_ids=own | headed,
        headed_ids=headed,
        tracking_digest=code_digest,
        held=visitor.roles,
    )


def _roles_in(held: frozenset[str], slug: str, *, heads: bool) -> frozenset[str]:
    own = {role.removeprefix(f"{slug}:") for role in held if slug and role.startswith(f"{slug}:")}
    built_in = {role for role in held if ":" not in role}
    always = {"public", "official"} | ({"agency_head"} if heads else set())
    return frozenset(own | built_in | always)


def _headed_agencies(session: AnySession, membership_id: UUID) -> set[UUID]:
    tenant_id = current_tenant(session)
    heads = select(AgencyHead.agency_id).where(
        AgencyHead.tenant_id == tenant_id, AgencyHead.membership_id == membership_id
    )
    today = municipal_today(session, now())
    acting = select(Delegation.agency_id).where(
        Delegation.tenant_id == tenant_id,
        Delegation.acting_id == membership_id,
        Delegation.ended_at.is_(None),
        Delegation.first_day <= today,
        Delegation.last_day >= today,
    )
    return {*session.scalars(heads), *session.scalars(acting)}
