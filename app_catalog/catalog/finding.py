"""Pages of the catalog: which apps are found, in what order, with what their cards show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, String, and_, bindparam, case, func, or_, select

from app_catalog.catalog.categories import category_choices
from app_catalog.catalog.services import PAGE, forms_of, listed, running, supported_until, words_of
from app_catalog.deprecations.reading import today_in_jakarta
from app_catalog.installations.models import Adoption
from app_catalog.publishers.models import Publisher
from app_catalog.releases.models import App, Release, ReleaseFile
from app_catalog.reviews.rating import mean_of, ratings
from lumbung.db.fetching import Rows, compile_rows
from lumbung.db.inside import Asked, Row, run_inside
from lumbung.db.tenancy import AnySession
from lumbung.i18n import Text

SORTS = frozenset({"used", "newest", "rating"})


@dataclass(frozen=True, slots=True)
class FoundCard:
    """An app as lists show it, as the database wrote it: most cards were shown before, and are not read again."""

    written: Row

    @property
    def slug(self) -> str:
        """The app's id."""
        return (self.written[0] or b"").decode()

    @property
    def supported_until(self) -> date | None:
        """The day on which the support of the app or of its newest release ends, if it does."""
        day = self.written[-2]
        return None if day is None else date.fromisoformat(day.decode())

    @property
    def support_over(self) -> bool:
        """Whether support has ended already."""
        return self.supported_until is not None and today_in_jakarta() > self.supported_until

    @property
    def rating(self) -> float | None:
        """The weighted mean of its stars to one decimal; None with too few of them."""
        mean = self.written[-1]
        return None if mean is None else round(float(mean), 1)

    @property
    def says(self) -> tuple[Any, ...]:
        """All that the card shows."""
        return *self.written[:-1], self.rating, self.support_over

    def read(self) -> dict[str, Any]:
        """All that the card shows, by name."""
        ((slug, name, summary, category, version, publisher, icon, adopters, *_),) = _cards(0, "used").read(
            [self.written]
        )
        return {
            "slug": slug,
            "name": name,
            "summary": summary,
            "category": category,
            "version": version,
            "publisher_name": publisher,
            "icon": icon,
            "adopters": adopters,
            "supported_until": self.supported_until,
            "support_over": self.support_over,
            "rating": self.rating,
        }


@dataclass(frozen=True, slots=True)
class FoundApps:
    """One page of apps, how many there are in all, the categories to choose from with their names, and the answers to
    what was asked beside."""

    cards: list[FoundCard]
    number: int
    categories: list[tuple[str, Text]]
    beside: list[list[Row]]


def find_apps(
    session: AnySession,
    *,
    query: str = "",
    category: str = "",
    audience: str = "",
    sort: str = "",
    limit: int = PAGE,
    offset: int = 0,
    beside: Sequence[Asked] = (),
) -> FoundApps:
    """Listed apps that hold every word of the query, those with it in their name first, then by adopters and id.

    With `sort` `rating` by the weighted mean of their stars before that, where those with too few reviews have no rank
    and come after; with `newest` by their newest release. The chosen category is offered even if it is empty. What is
    asked `beside` travels along.

    Forgiving: case and punctuation do not matter, a word may be a part of another, and words that people use for the
    same thing find each other.
    """
    values = asked_values(query, category=category, audience=audience)
    words = len(words_of(query))
    cards, counts = _cards(words, sort if sort in SORTS else "used"), _counts(words)
    found, counted, *others = run_inside(
        session,
        (cards.asked, {**values, "limit": limit, "offset": offset}),
        (counts.asked, values),
        *beside,
    )
    numbers: dict[str, int] = dict(counts.read(counted))
    return FoundApps(
        cards=[FoundCard(row) for row in found],
        number=sum(numbers.values()),
        categories=[(one, name) for one, name in category_choices() if one in numbers or one == category],
        beside=others,
    )


def newest_apps(session: AnySession, *, limit: int = 6) -> list[FoundCard]:
    """The apps whose newest release is the youngest."""
    values = asked_values("", category="", audience="")
    (found,) = run_inside(session, (_cards(0, "newest").asked, {**values, "limit": limit, "offset": 0}))
    return [FoundCard(row) for row in found]


def asked_values(query: str, *, category: str, audience: str) -> Mapping[str, str]:
    """The values of `fitting` for a search."""
    values = {"category": category, "audience": audience}
    for place, word in enumerate(words_of(query)):
        # Letters and digits alone: nothing in a word means anything to LIKE.
        values |= {f"{name}_{place}": f"%{form}%" for name, form in zip(("word", "form"), forms_of(word), strict=True)}
    return values


def fitting(words: int) -> list[ColumnElement[bool]]:
    """The conditions that an entry holds so many words, each in one of the forms that people use for it, and is of a
    category and for an audience where these are asked for."""
    category, audience = bindparam("category", type_=String()), bindparam("audience", type_=String())
    return [
        *(or_(*(App.search_text.like(_word(name, place)) for name in ("word", "form"))) for place in range(words)),
        or_(category == "", App.category == category),
        or_(audience == "", App.audience == audience),
    ]


# Building a statement takes longer than most of them run: those of each number of words are built once.
@cache
def _cards(words: int, sort: str) -> Rows:
    """First which apps, then what is on their cards: of those that are not on the page it is not looked up."""
    ranked = _ranked(words, sort).subquery("ranked")
    counted = running().where(Adoption.app_id == App.id).correlate(App).scalar_subquery()
    return compile_rows(
        select(
            App.slug,
            App.name,
            App.summary,
            App.category,
            Release.version,
            Publisher.name,
            func.coalesce(ReleaseFile.digest, ""),
            ranked.c.number if "number" in ranked.c else counted,
            supported_until(),
            mean_of(App.id),
        )
        .join(ranked, ranked.c.id == App.id)
        .join(Publisher, Publisher.id == App.publisher_id)
        .join(Release, Release.id == App.latest_release_id)
        .outerjoin(ReleaseFile, (ReleaseFile.release_id == Release.id) & (ReleaseFile.path == "icon.svg"))
        .order_by(ranked.c.place)
    )


def _ranked(words: int, sort: str) -> Select[*tuple[Any, ...]]:
    """Ids of one page of apps with their places, and but for the newest the `number` of municipalities that run each
    (one pass over all adoptions)."""
    name = func.lower(func.concat(App.name["id"].astext, " ", App.name["en"].astext, " ", App.slug))
    in_name = [case((name.like(_word("word", place)), 1), else_=0) for place in range(words)]
    ranks: list[Any] = [sum(in_name[1:], in_name[0]).desc()] if in_name else []
    source: Select[*tuple[Any, ...]]
    if sort == "newest":
        ranks += [Release.created_at.desc(), App.slug]
        source = select(App.id).join(Release, Release.id == App.latest_release_id)
    else:
        used = running(Adoption.app_id).group_by(Adoption.app_id).subquery("used")
        number = func.coalesce(used.c.number, 0)
        source = select(App.id, number.label("number")).outerjoin(used, used.c.app_id == App.id)
        if sort == "rating":
            rated = ratings()
            source = source.outerjoin(rated, rated.c.app_id == App.id)
            ranks.append(rated.c.mean.desc().nulls_last())
        ranks += [number.desc(), App.slug]
    place = func.row_number().over(order_by=ranks).label("place")
    limit, offset = (bindparam(name, type_=Integer()) for name in ("limit", "offset"))
    fits = source.add_columns(place).where(*listed(), *fitting(words))
    return fits.order_by(place).limit(limit).offset(offset)


@cache
def _counts(words: int) -> Rows:
    """For each category that holds a listed app, how many fit."""
    number = func.count().filter(and_(*fitting(words)))
    return compile_rows(select(App.category, number).where(*listed()).group_by(App.category))


def _word(name: str, place: int) -> ColumnElement[str]:
    return bindparam(f"{name}_{place}", type_=String())
