"""On what somebody is told of something: asked again when a message has waited for the morning (ADR 52)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol
from uuid import UUID

from sqlalchemy import select

from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.messages import MessageKind
from tenants.accounts.models import Account
from tenants.people.models import Membership
from tenants.people.roles import ADMIN_ROLE, EVALUATOR_ROLE
from tenants.people.telling import has_role


class Ground(Protocol):
    """Whether what a ground names is so still, in the session's municipality."""

    def __call__(self, session: AnySession, subject_id: UUID, rest: str) -> bool: ...


_grounds: dict[str, Ground] = {}


def ground(prefix: str) -> Callable[[Ground], Ground]:
    """Let the decorated function answer for grounds `<prefix>:<id>:<rest>`. Raises ValueError when that is taken."""

    def register(answer: Ground) -> Ground:
        if _grounds.setdefault(prefix, answer) is not answer:
            raise ValueError(f"Another function answers for grounds {prefix!r}.")
        return answer

    return register


def all_hold(session: AnySession, grounds: str) -> bool:
    """Whether all of these grounds, which are separated by spaces, hold still; what nobody knows does not."""
    for name in grounds.split():
        prefix, _, rest = name.partition(":")
        subject_id, _, rest = rest.partition(":")
        if prefix not in _grounds or not _grounds[prefix](session, UUID(subject_id), rest):
            return False
    return True


def member_ground(account_id: UUID, kind: MessageKind) -> str:
    """The ground of what only who works in the municipality is told."""
    return f"member:{account_id}:{kind}"


@ground("member")
def _works_here(session: AnySession, subject_id: UUID, rest: str) -> bool:
    if rest == MessageKind.ADMINISTRATION:
        return has_role(session, subject_id, ADMIN_ROLE, EVALUATOR_ROLE)
    member = (
        select(Membership.id)
        .join(Account, Account.id == Membership.account_id)
        .where(
            Membership.tenant_id == current_tenant(session),
            Membership.account_id == subject_id,
            Membership.ended_at.is_(None),
            Account.disabled_at.is_(None),
        )
    )
    return session.scalar(member) is not None
