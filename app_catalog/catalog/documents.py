"""The catalog for programs: pages of apps by cursor, and one app with all that is public about it."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Numeric, cast, func
from sqlalchemy.orm import load_only

from app_catalog.catalog.services import Card, cards_with_use, count_apps, get_card, list_adopters
from app_catalog.deprecations.reading import list_deprecated, of_release
from app_catalog.figures.reading import read_app_figures
from app_catalog.publishers.models import Publisher
from app_catalog.releases.loading import load_release_definition
from app_catalog.releases.models import App, Release
from app_catalog.releases.states import list_states
from app_catalog.requests.reading import count_states
from app_catalog.reviews.rating import rate_app
from lumbung.db.tenancy import AnySession
from lumbung.errors import Invalid, NotFound
from lumbung.i18n import t

SORTS = ("id", "newest", "used", "rating")
USUAL, MOST = 30, 100
_CARD = len(dataclass_fields(Card))
_IN_BRIEF = (
    load_only(App.slug, App.name, App.summary, App.category, App.audience),
    load_only(Publisher.slug, Publisher.name),
)
"""What a list tells of apps and publishers: not what they say of themselves at length."""


@dataclass(frozen=True, slots=True)
class AppsPage:
    """Apps in order, how many there are in all, and where the next page begins (None on the last)."""

    items: list[dict[str, Any]]
    total: int
    following: str | None


def list_documents(
    session: AnySession,
    origin: str,
    *,
    query: str = "",
    category: str = "",
    audience: str = "",
    sort: str = "id",
    after: str = "",
    limit: int = USUAL,
) -> AppsPage:
    """A page of listed apps with addresses below `origin`.

    `sort`: by id, or the newest, most used or best rated first; `after` is `following` of the page before. Raises
    Invalid for another sort and for a cursor that is none.
    """
    if sort not in SORTS:
        raise Invalid(fields={"sort": [t("Pilih: {all}.", "Choose one of: {all}.", all=", ".join(SORTS))]})
    statement, used = cards_with_use(query=query, category=category, audience=audience)
    rank = {
        "newest": Release.created_at,
        "used": used,
        "rating": func.coalesce(func.round(cast(statement.selected_columns.values()[-1], Numeric), 1), 0),
    }.get(sort)
    if after:
        value, slug = _read_cursor(after, sort)
        later = App.slug > slug
        statement = statement.where(later if rank is None else (rank < value) | ((rank == value) & later))
    order = [App.slug] if rank is None else [rank.desc(), App.slug]
    if rank is not None:
        statement = statement.add_columns(rank)
    statement = statement.options(*_IN_BRIEF)
    rows: Sequence[Any] = session.execute(statement.order_by(*order).limit(limit + 1)).all()
    cards = [Card(*row[:_CARD]) for row in rows[:limit]]
    more = len(rows) > limit
    last = rows[limit - 1] if more else None
    return AppsPage(
        items=[_card_document(card, origin) for card in cards],
        total=count_apps(session, query=query, category=category, audience=audience),
        following=_write_cursor(last[-1] if rank is not None else None, last[0].slug) if last is not None else None,
    )


def get_document(session: AnySession, origin: str, slug: str) -> dict[str, Any]:
    """One listed app in full. Raises NotFound when there is none by this id."""
    card = get_card(session, slug)
    app = card.app
    if app.latest_release_id is None:
        raise NotFound
    about = load_release_definition(session, app.latest_release_id).publiccode
    figures = read_app_figures(session, app.id)
    rating = rate_app(session, app.id)
    return {
        **_card_document(card, origin),
        "description": dict(app.description),
        "licence": about["legal"]["license"],
        "languages": list(about["localisation"]["availableLanguages"]),
        "source": about["url"],
        "releases": _releases(session, card, origin),
        "reviews": {
            "mean": rating.mean,
            "number": rating.number,
            "distribution": {str(stars): count for stars, count in rating.distribution.items()},
        },
        "adopters": [
            {
                "municipality": adoption.municipality_name,
                "region_code": municipality.region_code,
                "shown_as": adoption.shown_as,
                "version": adoption.version,
                "since": adoption.since.date(),
            }
            for adoption, municipality in list_adopters(session, app.id)
        ],
        "adoption": {
            "enabled": figures.enabled,
            "publishing": figures.publishing,
            "truly_used": figures.used,
            "month": f"{figures.last_month:%Y-%m}",
            "url": f"{origin}/api/v1/apps/{app.slug}/figures",
        },
        "requests": count_states(session, app.id),
    }


def _card_document(card: Card, origin: str) -> dict[str, Any]:
    app = card.app
    return {
        "id": app.slug,
        "name": dict(app.name),
        "summary": dict(app.summary),
        "category": app.category,
        "audience": app.audience,
        "version": card.version,
        "released_at": card.released_at,
        "supported_until": card.supported_until,
        "publisher": {"id": card.publisher.slug, "name": card.publisher.name},
        "municipalities": card.adopters,
        "rating": None if card.rating is None else round(float(card.rating), 1),
        "icon": f"{origin}/apps/{app.slug}/icon.svg",
        "page": f"{origin}/apps/{app.slug}",
        "url": f"{origin}/api/v1/apps/{app.slug}",
    }


def _releases(session: AnySession, card: Card, origin: str) -> list[Mapping[str, Any]]:
    app = card.app
    endings = list_deprecated(session, [app.id]) if card.some_end else []
    found: list[Mapping[str, Any]] = []
    for state in list_states(session, app.id):
        if state.kind not in ("published", "yanked"):
            continue
        version, ends = state.release.version, of_release(endings, state.release.id)
        found.append(
            {
                "version": version,
                "state": state.kind,
                "channel": state.channel,
                "released_at": state.release.created_at,
                "supported_until": ends.until if ends else None,
                "successor": (ends.successor_version or ends.successor_slug) if ends else None,
                "digest": state.release.digest,
                "page": f"{origin}/apps/{app.slug}/{version}",
                "changes": f"{origin}/api/v1/apps/{app.slug}/releases/{version}/changes",
            }
        )
    return found


def _write_cursor(value: Any, slug: str) -> str:
    shown = value.isoformat() if isinstance(value, datetime) else None if value is None else str(value)
    return urlsafe_b64encode(json.dumps([shown, slug]).encode()).decode().rstrip("=")


def _read_cursor(text: str, sort: str) -> tuple[Any, str]:
    try:
        value, slug = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        readers: dict[str, Callable[[Any], Any]] = {"newest": datetime.fromisoformat, "used": int, "rating": Decimal}
        read = readers[sort](value) if sort in readers else None
        if not isinstance(slug, str) or (isinstance(read, datetime) and read.tzinfo is None):
            raise ValueError
    except (ValueError, TypeError, OverflowError, ArithmeticError) as error:
        message = t("Pakai “next” dari halaman sebelumnya.", "Use “next” of the page before.")
        raise Invalid(fields={"after": [message]}) from error
    return read, slug
