"""What the catalog shows: figures, search, and who runs what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, bindparam, func, or_, select

from app_catalog.deprecations.models import Deprecation
from app_catalog.deprecations.reading import today_in_jakarta
from app_catalog.installations.models import Adoption
from app_catalog.publishers.models import Publisher
from app_catalog.releases.models import App, Release, ReleaseFile
from app_catalog.reviews.rating import mean_of, ratings
from lumbung.db.fetching import compile_rows
from lumbung.db.inside import run_inside
from lumbung.db.tenancy import AnySession
from lumbung.errors import NotFound
from tenants.municipalities.models import Municipality

LONGEST_QUERY = 100
MOST_WORDS = 8
Cards = Select[App, Publisher, str, str, int, str, date | None, bool, datetime, float | None]
PAGE = 24
MOST_PAGES = 1_000
_SYNONYMS = {
    "lapor": "pengaduan",
    "aduan": "pengaduan",
    "komplain": "pengaduan",
    "ijin": "izin",
    "puskesmas": "kesehatan",
}
"""What people type, and the word that the catalog uses for it."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How many there are, counted now."""

    apps: int
    municipalities: int
    publishers: int
    adoptions: int


@dataclass(frozen=True, slots=True)
class Card:
    """An app with its newest release, whose `version` and `digest` these are. `adopters` counts municipalities that say
    in public that they run it; `supported_until` is the day on which the support of the app or of its newest release
    ends, if it does; `some_end` tells whether that of the app or of any of its releases does."""

    app: App
    publisher: Publisher
    version: str
    digest: str
    adopters: int
    icon: str
    supported_until: date | None
    some_end: bool
    released_at: datetime
    rating: float | None

    @property
    def support_over(self) -> bool:
        """Whether support has ended already."""
        return self.supported_until is not None and today_in_jakarta() > self.supported_until


def count_figures(session: AnySession) -> Figures:
    """Published apps, active municipalities, approved publishers with an app, and public adoptions."""
    row = session.execute(_figures()).one()
    return Figures(apps=row[0], publishers=row[1], municipalities=row[2], adoptions=row[3])


def matching_words(query: str) -> list[ColumnElement[bool]]:
    """The conditions that an entry holds every word of a query, in one of the forms that people use for it."""
    return [
        or_(*(App.search_text.contains(form, autoescape=True) for form in sorted(set(forms_of(word)))))
        for word in words_of(query)
    ]


def words_of(query: str) -> list[str]:
    """The words of a query, of letters and digits alone; those that are too many are left out."""
    letters = "".join(letter if letter.isalnum() else " " for letter in query[:LONGEST_QUERY].casefold())
    return letters.split()[:MOST_WORDS]


def forms_of(word: str) -> tuple[str, str]:
    """What people type, and the word that the catalog uses for it (most often the same)."""
    return word, _SYNONYMS.get(word, word)


def cards_with_use(*, query: str = "", category: str = "", audience: str = "") -> tuple[Cards, ColumnElement[int]]:
    """The statement that gives the columns of `Card` for the listed apps that `find_apps` finds, without an order;
    and the column by which it counts who runs them (one pass over all adoptions, whatever the number of apps)."""
    statement, number = _cards_with_use()
    return statement.where(*_fitting(query, category=category, audience=audience)), number


def count_apps(session: AnySession, *, query: str = "", category: str = "", audience: str = "") -> int:
    """How many apps `find_apps` finds in all."""
    fitting = _fitting(query, category=category, audience=audience)
    return _count(session, select(func.count()).select_from(App).where(*listed(), *fitting))


def get_card(session: AnySession, slug: str) -> Card:
    """A listed app. Raises NotFound when there is none by this id."""
    (rows,) = run_inside(session, (_CARD.asked, {"slug": slug}))
    if not rows:
        raise NotFound
    return Card(*_CARD.read(rows)[0])


def list_cards(session: AnySession, slugs: Sequence[str]) -> list[Card]:
    """The listed apps among these ids, by id."""
    rows = session.execute(_cards_alone().where(App.slug.in_(slugs)).order_by(App.slug))
    return [Card(*row) for row in rows]


def list_adopters(session: AnySession, app_id: UUID) -> list[tuple[Adoption, Municipality]]:
    """The municipalities that say in public that they run the app, the longest first; not while they are suspended."""
    rows = session.execute(adopters_of_app(), {"app_id": app_id})
    return [(adoption, municipality) for adoption, municipality in rows]


@cache
def adopters_of_app() -> Select[Adoption, Municipality]:
    """The statement behind `list_adopters`, for the app that is given as `app_id`."""
    app_id = bindparam("app_id", type_=Uuid())
    return (
        select(Adoption, Municipality)
        .join(Municipality, Municipality.id == Adoption.tenant_id)
        .where(Adoption.app_id == app_id, Adoption.ended_at.is_(None), Municipality.status != "suspended")
        .order_by(Adoption.since, Municipality.name)
    )


@cache
def _figures() -> Select[int, int, int, int]:
    shown = select(App.publisher_id).where(*listed()).subquery()
    active = select(func.count()).select_from(Municipality).where(Municipality.status == "active")
    publishers = func.count(func.distinct(shown.c.publisher_id))
    return select(func.count(), publishers, active.scalar_subquery(), running().scalar_subquery()).select_from(shown)


# Building a statement takes longer than most of them run; those of every page are built once.
@cache
def _cards_alone() -> Cards:
    """For few apps: each is counted by itself."""
    used = running().where(Adoption.app_id == App.id).correlate(App).scalar_subquery()
    return _cards(used, mean_of(App.id))


@cache
def _cards_with_use() -> tuple[Cards, ColumnElement[int]]:
    """For many apps: one pass over all adoptions."""
    used = running(Adoption.app_id).group_by(Adoption.app_id).subquery("used")
    number = func.coalesce(used.c.number, 0)
    rated = ratings()
    statement = _cards(number, rated.c.mean)
    return statement.outerjoin(used, used.c.app_id == App.id).outerjoin(rated, rated.c.app_id == App.id), number


def _cards(adopters: ColumnElement[int], mean: ColumnElement[float | None]) -> Cards:
    icon = func.coalesce(ReleaseFile.digest, "")
    return (
        select(
            App,
            Publisher,
            Release.version,
            Release.digest,
            adopters,
            icon,
            supported_until(),
            _some_end(),
            Release.created_at,
            mean,
        )
        .join(Publisher, Publisher.id == App.publisher_id)
        .join(Release, Release.id == App.latest_release_id)
        .outerjoin(ReleaseFile, (ReleaseFile.release_id == Release.id) & (ReleaseFile.path == "icon.svg"))
        .where(*listed())
    )


def _fitting(query: str, *, category: str, audience: str) -> list[ColumnElement[bool]]:
    conditions = matching_words(query)
    if category:
        conditions.append(App.category == category)
    if audience:
        conditions.append(App.audience == audience)
    return conditions


def listed() -> tuple[Any, ...]:
    return App.latest_release_id.is_not(None), App.hidden_at.is_(None)


def supported_until() -> Any:
    """The day on which the support of an app or of its newest release ends, inside a statement; NULL if it does not."""
    return (
        select(func.min(Deprecation.supported_until))
        .where(
            Deprecation.app_id == App.id,
            Deprecation.release_id.is_(None) | (Deprecation.release_id == App.latest_release_id),
            Deprecation.withdrawn_at.is_(None),
        )
        .correlate(App)
        .scalar_subquery()
    )


def _some_end() -> Any:
    ends = select(Deprecation.id).where(Deprecation.app_id == App.id, Deprecation.withdrawn_at.is_(None))
    return ends.correlate(App).exists()


def running(*more: Any) -> Select[Any]:
    """How many apps run in how many municipalities; those of a suspended one answer nobody."""
    return (
        select(*more, func.count().label("number"))
        .select_from(Adoption)
        .join(Municipality, Municipality.id == Adoption.tenant_id)
        .where(Adoption.ended_at.is_(None), Municipality.status != "suspended")
    )


def _count(session: AnySession, statement: Select[int]) -> int:
    return session.scalars(statement).one()


_CARD = compile_rows(_cards_alone().where(App.slug == bindparam("slug")))
