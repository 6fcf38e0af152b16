"""What the catalog shows of listings: search, one listing, and who says that they use it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Select, bindparam, func, select

from app_catalog.catalog.finding import asked_values, fitting
from app_catalog.catalog.services import matching_words, words_of
from app_catalog.listings.kinds import KINDS
from app_catalog.listings.models import Listing, ListingUse
from app_catalog.publishers.models import Publisher
from app_catalog.releases.models import App
from lumbung.db.fetching import Rows, compile_rows
from lumbung.db.inside import Asked, Row
from lumbung.db.tenancy import AnySession
from tenants.municipalities.models import Municipality

PAGE = 48


@dataclass(frozen=True, slots=True)
class ListingCard:
    """A listing as lists show it. `users` counts municipalities that say in public that they use it."""

    app: App
    listing: Listing
    publisher: Publisher
    users: int


@dataclass(frozen=True, slots=True)
class Found:
    """One page of listings, and how many there are in all."""

    cards: list[ListingCard]
    total: int
    page: int

    @property
    def more(self) -> bool:
        return self.page * PAGE < self.total


def search_listings(
    session: AnySession,
    *,
    query: str = "",
    kind: str = "",
    category: str = "",
    audience: str = "",
    publisher: str = "",
    page: int = 1,
    limit: int = PAGE,
) -> Found:
    """Listings that hold every word of the query (as `find_apps` reads it), the most used first, then by name.

    `publisher` is a publisher's slug. Withdrawn ones are not found.
    """
    conditions = [*_listed(), *matching_words(query)]
    if kind in KINDS:
        conditions.append(App.kind == kind)
    if category:
        conditions.append(App.category == category)
    if audience:
        conditions.append(App.audience == audience)
    if publisher:
        conditions.append(Publisher.slug == publisher)
    counted = select(func.count()).select_from(App).join(Publisher, Publisher.id == App.publisher_id)
    total = session.scalars(counted.where(*conditions)).one()
    statement = _cards().where(*conditions).order_by(_users().desc(), App.name["id"].astext, App.slug)
    if not total:
        return Found([], 0, page)
    rows = session.execute(statement.limit(limit).offset((page - 1) * PAGE))
    return Found([ListingCard(*row) for row in rows], total, page)


def asked_beside(query: str, *, category: str, audience: str, limit: int) -> Asked:
    """What `find_apps` asks besides to show listings that fit the same search."""
    values = asked_values(query, category=category, audience=audience)
    return _beside(len(words_of(query))).asked, {**values, "limit": limit}


def read_beside(rows: Sequence[Row]) -> Found:
    """The listings that the rows of `asked_beside` tell of, the most used first, then by name."""
    cards, total = [], 0
    for app, listing, publisher, users, found in _beside(0).read(rows):
        cards.append(ListingCard(app, listing, publisher, users))
        total = found
    return Found(cards, total, 1)


def find_listing(session: AnySession, slug: str) -> ListingCard | None:
    """A listing that the catalog shows, or None."""
    row = session.execute(_cards().where(App.slug == slug, *_listed())).one_or_none()
    return ListingCard(*row) if row else None


def offered_listings(session: AnySession) -> tuple[set[str], list[tuple[str, str]]]:
    """The categories that hold a listing, and the publishers that have one as (slug, name) by name."""
    rows = session.execute(
        select(App.category, Publisher.slug, Publisher.name)
        .join(Publisher, Publisher.id == App.publisher_id)
        .where(*_listed())
        .distinct()
    ).all()
    publishers = {(slug, name) for _, slug, name in rows}
    return {category for category, _, _ in rows}, sorted(publishers, key=lambda one: (one[1], one[0]))


def list_users(session: AnySession, app_id: UUID) -> list[tuple[ListingUse, Municipality]]:
    """The municipalities that say in public that they use it, the longest first; not while they are suspended."""
    rows = session.execute(
        select(ListingUse, Municipality)
        .join(Municipality, Municipality.id == ListingUse.tenant_id)
        .where(ListingUse.app_id == app_id, Municipality.status != "suspended")
        .order_by(ListingUse.since, Municipality.name)
    )
    return [(use, municipality) for use, municipality in rows]


def _cards() -> Select[App, Listing, Publisher, int]:
    return (
        select(App, Listing, Publisher, _users())
        .join(Listing, Listing.app_id == App.id)
        .join(Publisher, Publisher.id == App.publisher_id)
    )


@cache
def _beside(words: int) -> Rows:
    total = func.count().over().label("total")
    statement = _cards().add_columns(total).where(*_listed(), *fitting(words))
    in_order = statement.order_by(_users().desc(), App.name["id"].astext, App.slug)
    return compile_rows(in_order.limit(bindparam("limit", type_=Integer())))


def _listed() -> tuple[Any, ...]:
    return App.kind != "package", App.hidden_at.is_(None)


def _users() -> Any:
    return (
        select(func.count())
        .select_from(ListingUse)
        .join(Municipality, Municipality.id == ListingUse.tenant_id)
        .where(ListingUse.app_id == App.id, Municipality.status != "suspended")
        .correlate(App)
        .scalar_subquery()
    )
