"""Making, changing and withdrawing listings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app_catalog.catalog.categories import category_name
from app_catalog.listings.kinds import KINDS
from app_catalog.listings.models import Listing
from app_catalog.publishers.models import Publisher
from app_catalog.releases.models import App
from lumbung.audit import record_audit
from lumbung.db import now
from lumbung.db.constraints import violated_constraint
from lumbung.db.tenancy import AnySession
from lumbung.errors import Conflict, Forbidden, NotFound
from lumbung.i18n import Text
from tenants.regions.slugs import slug_from

MOST_LISTINGS = 2_000
"""How many listings one publisher may have."""
_LONGEST_SLUG = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingValues:
    """What a listing says. Texts are by language, `id` at least; `publiccode` is the file that it was made from."""

    kind: str
    name: dict[str, str]
    summary: dict[str, str]
    category: str
    audience: str
    address: str
    description: dict[str, str] = field(default_factory=dict)
    agency: str = ""
    stage: str = "stable"
    licence: str = ""
    repository: str = ""
    contact_name: str = ""
    contact_email: str = ""
    features: tuple[str, ...] = ()
    publiccode: dict[str, Any] | None = None


def add_listing(session: AnySession, publisher: Publisher, values: ListingValues) -> App:
    """A new entry of the catalog, seen at once. Its id is made from its name and its publisher's address.

    Raises Forbidden while the publisher is not approved, Conflict when it has as many listings as one may have.
    """
    if publisher.status != "approved":
        raise Forbidden(
            Text(
                "Penerbit ini belum disetujui, jadi belum dapat mendaftarkan aplikasi.",
                "This publisher is not approved, so it cannot list apps.",
            )
        )
    room_for(session, publisher, 1)
    app = _with_free_slug(session, publisher, values)
    listing = Listing(app_id=app.id, address=values.address, updated_at=now())
    _fill(app, listing, values, publisher)
    session.add(listing)
    session.flush()
    _note(session, "listing.added", app, after={"slug": app.slug, "kind": app.kind, "address": listing.address})
    return app


def change_listing(session: AnySession, publisher: Publisher, slug: str, values: ListingValues) -> App:
    """The listing says something else from now on; its id stays. Raises NotFound for a foreign or unknown one."""
    app, listing = access_own_listing(session, publisher, slug)
    before = {"kind": app.kind, "address": listing.address, "name": dict(app.name)}
    _fill(app, listing, values, publisher)
    listing.updated_at = now()
    session.flush()
    after = {"kind": app.kind, "address": listing.address, "name": dict(app.name)}
    _note(session, "listing.changed", app, before=before, after=after)
    return app


def set_listed(session: AnySession, app: App, *, listed: bool, reason: str = "") -> None:
    """Show the listing in the catalog, or withdraw it; who said that they use it is kept. Again is the same."""
    if listed == (app.hidden_at is None):
        return
    app.hidden_at = None if listed else now()
    session.flush()
    _note(session, "listing.shown" if listed else "listing.withdrawn", app, after={"slug": app.slug, "reason": reason})


def access_own_listing(session: AnySession, publisher: Publisher, slug: str) -> tuple[App, Listing]:
    """A listing of the publisher, withdrawn ones too. Raises NotFound for a foreign or unknown one."""
    found = _find(session, slug)
    if found is None or found[0].publisher_id != publisher.id:
        raise NotFound
    return found


def get_any_listing(session: AnySession, slug: str) -> tuple[App, Listing]:
    """A listing of whoever, withdrawn ones too; for curators. Raises NotFound."""
    found = _find(session, slug)
    if found is None:
        raise NotFound
    return found


def list_own_listings(session: AnySession, publisher: Publisher) -> list[tuple[App, Listing]]:
    """The listings of a publisher by agency and name, withdrawn ones too."""
    rows = session.execute(
        select(App, Listing)
        .join(Listing, Listing.app_id == App.id)
        .where(App.publisher_id == publisher.id)
        .order_by(Listing.agency, App.name["id"].astext, App.slug)
    )
    return [(app, listing) for app, listing in rows]


def room_for(session: AnySession, publisher: Publisher, more: int) -> None:
    """Raise Conflict when the publisher would have more listings than one may have."""
    statement = select(func.count()).select_from(App).where(App.publisher_id == publisher.id, App.kind != "package")
    if session.scalars(statement).one() + more > MOST_LISTINGS:
        raise Conflict(
            Text(
                "Satu penerbit mendaftarkan paling banyak {most} aplikasi.", "A publisher lists at most {most} apps."
            ).format(most=MOST_LISTINGS)
        )


def _find(session: AnySession, slug: str) -> tuple[App, Listing] | None:
    row = session.execute(
        select(App, Listing).join(Listing, Listing.app_id == App.id).where(App.slug == slug)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def _with_free_slug(session: AnySession, publisher: Publisher, values: ListingValues) -> App:
    """The catalog's entry under an id that nobody has: name and publisher, with a number when that is taken."""
    ending = f"-{publisher.slug}"
    stem = slug_from(values.name["id"])[: _LONGEST_SLUG - len(ending) - 4].strip("-") or "aplikasi"
    stem = stem if stem == publisher.slug or stem.endswith(ending) else stem + ending
    taken = set(session.scalars(select(App.slug).where(App.slug.startswith(stem, autoescape=True))))
    number = 1
    while True:
        slug = stem if number == 1 else f"{stem}-{number}"
        number += 1
        if slug in taken:
            continue
        app = App(slug=slug, publisher_id=publisher.id, latest_release_id=None, kind=values.kind)
        app.category, app.audience = values.category, values.audience
        app.name, app.summary, app.description = dict(values.name), dict(values.summary), dict(values.description)
        try:
            with session.begin_nested():
                session.add(app)
        except IntegrityError as error:
            if violated_constraint(error) != "uq_apps_slug":
                raise
            taken.add(slug)
            continue
        return app


def _fill(app: App, listing: Listing, values: ListingValues, publisher: Publisher) -> None:
    app.kind, app.category, app.audience = values.kind, values.category, values.audience
    app.name, app.summary = dict(values.name), dict(values.summary)
    app.description = dict(values.description)
    listing.address, listing.agency, listing.stage = values.address, values.agency, values.stage
    listing.licence, listing.repository = values.licence, values.repository
    listing.contact_name, listing.contact_email = values.contact_name, values.contact_email
    listing.features, listing.publiccode = list(values.features), values.publiccode
    kind, category = KINDS[values.kind].name, category_name(values.category)
    words = [app.slug, *app.name.values(), *app.summary.values(), publisher.name, listing.agency, *listing.features]
    words += [kind.id, kind.en, category.id, category.en]
    app.search_text = " ".join(words).casefold()


def _note(
    session: AnySession,
    action: str,
    app: App,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    record_audit(session, action, subject_type="app", subject_id=app.id, before=before, after=after)


def find_by_name(session: AnySession, publisher: Publisher) -> dict[tuple[str, str, str], UUID]:
    """The listings of a publisher by what an inventory knows of them (`key_of`)."""
    return {
        key_of(app.kind, app.name.get("id", ""), listing.agency): app.id
        for app, listing in list_own_listings(session, publisher)
    }


def key_of(kind: str, name: str, agency: str) -> tuple[str, str, str]:
    """What makes two lines of an inventory the same app."""
    return kind, " ".join(name.casefold().split()), " ".join(agency.casefold().split())
