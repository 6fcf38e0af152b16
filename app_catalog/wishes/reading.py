"""What everybody may read of wishes: the list with support and state, and one in full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, select, union
from sqlalchemy.orm import aliased

from app_catalog.deprecations.reading import today_in_jakarta
from app_catalog.publishers.models import Publisher
from app_catalog.releases.models import App
from app_catalog.wishes.models import Wish, WishClaim, WishRuling, WishVote
from lumbung.db.tenancy import AnySession
from lumbung.errors import NotFound
from lumbung.i18n import Text
from tenants.municipalities.models import Municipality

PAGE = 30
STATES: dict[str, Text] = {
    "open": Text("Belum ada yang mengerjakan", "Nobody works on it"),
    "claimed": Text("Sedang dikerjakan", "Being worked on"),
    "fulfilled": Text("Terwujud", "Fulfilled"),
}
_LISTED = (App.hidden_at.is_(None), App.latest_release_id.is_not(None))
TONES = {"open": "grey", "claimed": "blue", "fulfilled": "green"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A wish, how many municipalities miss it (who wished is one of them), and its state: one of `STATES`."""

    wish: Wish
    supporters: int
    state: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """Who works on a wish, until when, and the app that came of it."""

    claim: WishClaim
    publisher: Publisher
    app: App | None

    @property
    def late(self) -> bool:
        """Whether the day has passed without an app."""
        return self.app is None and self.claim.until < today_in_jakarta()


@dataclass(frozen=True, slots=True)
class WholeWish:
    """One wish with everybody who misses it, who works on it, and what was merged into it."""

    wanted: Wanted
    supporters: Sequence[str]
    claims: list[Claimed]
    merged: Sequence[Wish]


@dataclass(frozen=True, slots=True)
class Ruled:
    """A wish that a curator hid, or merged into `target`, which is `shown` unless it was hidden since; and why."""

    wish: Wish
    ruling: WishRuling
    target: Wish | None
    shown: bool


def list_wishes(session: AnySession, *, state: str = "", newest: bool = False, page: int = 1) -> list[Wanted]:
    """Wishes that are shown, the most wanted first, or the newest; one more than `PAGE` when there is a next page."""
    query = _shown()
    if state:
        query = query.where(_state() == state)
    order: list[Any] = [Wish.created_at.desc(), Wish.id.desc()]
    if not newest:
        order.insert(0, _number(query).desc())
    rows = session.execute(query.order_by(*order).offset((page - 1) * PAGE).limit(PAGE + 1))
    return [Wanted(*row) for row in rows]


def list_wishes_of(session: AnySession, municipality_id: UUID, *, limit: int = 10) -> list[Wanted]:
    """The wishes of one municipality that are shown, the newest first."""
    query = _shown().where(Wish.tenant_id == municipality_id).order_by(Wish.created_at.desc(), Wish.id.desc())
    return [Wanted(*row) for row in session.execute(query.limit(limit))]


def list_ruled(session: AnySession, *, page: int = 1) -> list[Ruled]:
    """What is hidden or merged, the newest ruling first; one more than `PAGE` when there is a next page."""
    target, since = aliased(Wish), aliased(WishRuling)
    rows = session.execute(
        select(Wish, WishRuling, target, since.id.is_(None))
        .join(WishRuling, WishRuling.wish_id == Wish.id)
        .outerjoin(target, target.id == WishRuling.merged_into)
        .outerjoin(since, since.wish_id == target.id)
        .order_by(WishRuling.created_at.desc(), WishRuling.id.desc())
        .offset((page - 1) * PAGE)
        .limit(PAGE + 1)
    )
    return [Ruled(*row) for row in rows]


def get_wish(session: AnySession, wish_id: UUID) -> WholeWish:
    """One wish that is shown; raises NotFound."""
    row = session.execute(_shown().where(Wish.id == wish_id)).one_or_none()
    if row is None:
        raise NotFound
    each = supporting()
    merged = select(WishRuling.wish_id).where(WishRuling.merged_into == wish_id)
    claims = session.execute(
        select(WishClaim, Publisher, App)
        .join(Publisher, Publisher.id == WishClaim.publisher_id)
        .outerjoin(App, and_(App.id == WishClaim.app_id, *_LISTED))
        .where(WishClaim.wish_id == wish_id, Publisher.status == "approved")
        .order_by(WishClaim.until)
    )
    return WholeWish(
        wanted=Wanted(*row),
        supporters=session.scalars(
            select(Municipality.name)
            .join(each, each.c.tenant_id == Municipality.id)
            .where(each.c.root == wish_id, Municipality.status != "suspended")
            .order_by(Municipality.name)
        ).all(),
        claims=[Claimed(*claim) for claim in claims],
        merged=session.scalars(select(Wish).where(Wish.id.in_(merged)).order_by(Wish.created_at)).all(),
    )


def root_of(session: AnySession, wish_id: UUID) -> UUID:
    """The wish itself, or what it was merged into."""
    merged = select(WishRuling.merged_into).where(WishRuling.wish_id == wish_id, WishRuling.kind == "merged")
    return session.scalar(merged) or wish_id


def supporting() -> Subquery:
    """`root` and `tenant_id` of everybody who misses something: each municipality once for each root."""
    root = func.coalesce(WishRuling.merged_into, Wish.id)
    wished = select(root.label("root"), Wish.tenant_id.label("tenant_id")).outerjoin(
        WishRuling, WishRuling.wish_id == Wish.id
    )
    voted = select(func.coalesce(WishRuling.merged_into, WishVote.wish_id), WishVote.tenant_id).outerjoin(
        WishRuling, WishRuling.wish_id == WishVote.wish_id
    )
    return union(wished, voted).subquery("missing_it")


def _shown() -> Select[Wish, int, str]:
    """Neither hidden nor merged, and not of a municipality that is suspended, nor counted by those that are."""
    each, supporter = supporting(), aliased(Municipality)
    counted = (
        select(each.c.root, func.count().label("number"))
        .join(supporter, supporter.id == each.c.tenant_id)
        .where(supporter.status != "suspended")
        .group_by(each.c.root)
        .subquery("counted")
    )
    ruled = select(WishRuling.id).where(WishRuling.wish_id == Wish.id).correlate(Wish).exists()
    return (
        select(Wish, func.coalesce(counted.c.number, 0).label("number"), _state())
        .join(Municipality, Municipality.id == Wish.tenant_id)
        .outerjoin(counted, counted.c.root == Wish.id)
        .where(~ruled, Municipality.status != "suspended")
    )


def _number(query: Select[Wish, int, str]) -> ColumnElement[int]:
    found: ColumnElement[int] = query.selected_columns["number"]
    return found


def _state() -> ColumnElement[str]:
    """By the claim that is furthest. One whose day has passed holds nobody else off; an app fulfils while it is
    listed."""
    claims = (
        select(WishClaim.id)
        .join(Publisher, Publisher.id == WishClaim.publisher_id)
        .where(WishClaim.wish_id == Wish.id, Publisher.status == "approved")
        .correlate(Wish)
    )
    fulfilled = claims.join(App, App.id == WishClaim.app_id).where(*_LISTED)
    return case(
        (fulfilled.exists(), "fulfilled"),
        (claims.where(WishClaim.until >= today_in_jakarta()).exists(), "claimed"),
        else_="open",
    )
