"""Who may call a route. Every route states it; one that does not fails the suite and answers 500."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar
from uuid import UUID

from flask import g
from sqlalchemy.orm import Session, scoped_session

from lumbung.errors import Forbidden, LumbungError, SignInNeeded
from lumbung.web.sites import Site

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Who is asking, here and now. `roles` are those held in the municipality of this site."""

    account_id: UUID | None = None
    name: str = ""
    email: str = ""
    is_operator: bool = False
    is_curator: bool = False
    membership_id: UUID | None = None
    agency_id: UUID | None = None
    roles: frozenset[str] = field(default_factory=frozenset)
    publishers: frozenset[UUID] = field(default_factory=frozenset)

    @property
    def signed_in(self) -> bool:
        return self.account_id is not None


ANONYMOUS = Visitor()


class Identity(Protocol):
    """Knows who is asking; lives in `tenants`."""

    def visitor(self, session: Session | scoped_session[Any], site: Site) -> Visitor: ...

    def sign_in_url(self, site: Site, next_path: str) -> str: ...


@dataclass(frozen=True)
class Rule:
    """A stated policy: its name for the access matrix, and the test."""

    name: str
    allows: Callable[[Visitor], bool]
    needs_account: bool = True


PUBLIC = Rule("public", lambda visitor: True, needs_account=False)
SIGNED_IN = Rule("signed-in", lambda visitor: visitor.signed_in)
OPERATOR = Rule("operator", lambda visitor: visitor.is_operator)
CURATOR = Rule("curator", lambda visitor: visitor.is_curator or visitor.is_operator)
PUBLISHER = Rule("publisher", lambda visitor: bool(visitor.publishers))
MEMBER = Rule("member", lambda visitor: visitor.membership_id is not None)
ADMIN = Rule("tenant-admin", lambda visitor: "tenant_admin" in visitor.roles)
EVALUATOR = Rule("evaluator", lambda visitor: bool({"evaluator", "tenant_admin"} & visitor.roles))


def access(rule: Rule) -> Callable[[View], View]:
    """State who may call this route. Objects are checked again by the service (`access_…`)."""

    def mark(view: View) -> View:
        view.__access__ = rule  # type: ignore[attr-defined]
        return view

    return mark


def for_programs(*, finds_site: bool = False) -> Callable[[View], View]:
    """State that a view answers programs: cookies are ignored, and everybody is anonymous who brings no token.

    With `finds_site` the view itself says which site the request is for: by a statement that looks up whether the
    municipality still stands, or by `enter_site`.
    """

    def mark(view: View) -> View:
        view.__programs__ = "finds-site" if finds_site else "any"  # type: ignore[attr-defined]
        return view

    return mark


def meant_for_programs(view: Callable[..., Any] | None) -> str | None:
    """`any` or `finds-site` for a view that answers programs, None for every other."""
    found: str | None = getattr(view, "__programs__", None)
    return found


def stated_rule(view: Callable[..., Any]) -> Rule | None:
    """The rule that a view states, or None."""
    rule = getattr(view, "__access__", None)
    if rule is None and hasattr(view, "view_class"):
        rule = getattr(view.view_class, "__access__", None)
    return rule


def check_access(view: Callable[..., Any]) -> None:
    """Raise SignInNeeded or Forbidden when the visitor may not call `view`."""
    rule = stated_rule(view)
    if rule is None:
        raise LumbungError
    visitor: Visitor = g.visitor
    if rule.allows(visitor):
        return
    if rule.needs_account and not visitor.signed_in:
        raise SignInNeeded
    raise Forbidden


def current_visitor() -> Visitor:
    """Who is asking."""
    visitor: Visitor = g.visitor
    return visitor
