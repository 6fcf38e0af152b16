"""Who in a municipality has a role in all of it, and letters to them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select

from lumbung.db.tenancy import AnySession, current_tenant
from tenants.accounts.models import Account
from tenants.people.models import Membership, RoleGrant


def people_with_roles(session: AnySession, *roles: str) -> Sequence[Account]:
    """The accounts of who holds one of the roles in the session's municipality now, each once; not what holds in one
    app alone. `tell_each` of `lumbung.messages` writes to them."""
    held = _held(session, *roles).with_only_columns(Membership.account_id)
    return session.scalars(
        select(Account).where(Account.id.in_(held), Account.disabled_at.is_(None)).order_by(Account.id)
    ).all()


def has_role(session: AnySession, account_id: UUID, *roles: str) -> bool:
    """Whether the account holds one of the roles in all of the session's municipality now."""
    return session.scalar(_held(session, *roles).where(Membership.account_id == account_id).limit(1)) is not None


def _held(session: AnySession, *roles: str) -> Select[UUID]:
    return (
        select(Membership.id)
        .join(
            RoleGrant,
            (RoleGrant.tenant_id == Membership.tenant_id) & (RoleGrant.membership_id == Membership.id),
        )
        .where(
            Membership.tenant_id == current_tenant(session),
            Membership.ended_at.is_(None),
            RoleGrant.app_id == "",
            RoleGrant.role.in_(roles),
        )
    )
