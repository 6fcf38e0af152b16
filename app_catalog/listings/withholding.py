"""Curators keep a listing out of the catalog, with a reason that its publisher reads, and let it in again."""

from __future__ import annotations

from sqlalchemy import select

from app_catalog.listings.models import Listing
from app_catalog.listings.services import note_listing
from app_catalog.publishers.models import Publisher
from app_catalog.releases.models import App
from app_catalog.releases.telling import tell_publisher
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.errors import Invalid, NotFound
from lumbung.i18n import Text, pick, t
from lumbung.plain_text import plain_text
from lumbung.web.sites import hub_origin

SHORTEST_REASON = 5


def get_any_listing(session: AnySession, slug: str) -> tuple[App, Listing, Publisher]:
    """A listing of whoever, those that are not shown too. Raises NotFound."""
    row = session.execute(
        select(App, Listing, Publisher)
        .join(Listing, Listing.app_id == App.id)
        .join(Publisher, Publisher.id == App.publisher_id)
        .where(App.slug == slug)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1], row[2]


def list_withheld(session: AnySession) -> list[tuple[App, Listing, Publisher]]:
    """What curators keep out, the newest decision first."""
    rows = session.execute(
        select(App, Listing, Publisher)
        .join(Listing, Listing.app_id == App.id)
        .join(Publisher, Publisher.id == App.publisher_id)
        .where(Listing.withheld_at.is_not(None))
        .order_by(Listing.withheld_at.desc(), App.slug)
    )
    return [(app, listing, publisher) for app, listing, publisher in rows]


def withhold_listing(session: AnySession, slug: str, *, reason: str) -> App:
    """The catalog shows the listing no more, its publisher cannot show it again, and is told why.

    Raises Invalid without a reason, NotFound for an unknown listing.
    """
    if len(plain_text(reason)) < SHORTEST_REASON:
        message = t("Tulis alasannya, supaya penerbit tahu.", "Say why, so that its publisher knows.")
        raise Invalid(fields={"reason": [message]})
    app, listing, publisher = get_any_listing(session, slug)
    moment = now()
    listing.withheld_at, listing.withheld_reason = listing.withheld_at or moment, plain_text(reason)[:1_000]
    app.hidden_at = app.hidden_at or moment
    session.flush()
    note_listing(session, "listing.withheld", app, after={"slug": slug, "reason": listing.withheld_reason})
    tell_publisher(
        session,
        publisher.id,
        subject=Text("{name} dikeluarkan dari katalog", "{name} was taken out of the catalog").format(
            name=pick(app.name)
        ),
        text=Text(
            "Kurator mengeluarkan {name} dari katalog.\n\nAlasannya: {reason}\n\nPerbaiki datanya, lalu hubungi "
            "pengelola platform: {link}",
            "A curator took {name} out of the catalog.\n\nThe reason: {reason}\n\nMend what it says, then ask the "
            "platform’s operator: {link}",
        ).format(
            name=pick(app.name),
            reason=listing.withheld_reason,
            link=f"{hub_origin()}/publish/{publisher.slug}/listings/{slug}",
        ),
        about=("app", app.id),
    )
    return app


def let_in_again(session: AnySession, slug: str) -> App:
    """The catalog shows the listing again, unless its publisher had withdrawn it before; again is the same.

    Raises NotFound for an unknown listing.
    """
    app, listing, _ = get_any_listing(session, slug)
    if listing.withheld_at is not None:
        if app.hidden_at is not None and app.hidden_at >= listing.withheld_at:
            app.hidden_at = None
        listing.withheld_at, listing.withheld_reason = None, ""
        session.flush()
        note_listing(session, "listing.let-in-again", app, after={"slug": slug})
    return app
