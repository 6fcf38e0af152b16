"""Making, changing and withdrawing listings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from typing import Any

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
_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingValues:
    """What a listing says. Texts are by language, `id` at least; `publiccode` is the file that it was made from, None
    keeps the one that there is."""

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

    Raises as `add_listings`.
    """
    return add_listings(session, publisher, [values])[0]


def add_listings(session: AnySession, publisher: Publisher, many: Sequence[ListingValues]) -> list[App]:
    """New entries of the catalog, in a few statements however many they are.

    Raises Forbidden while the publisher is not approved, Conflict when it would have more listings than one may have.
    """
    if publisher.status != "approved":
        raise Forbidden(
            Text(
                "Penerbit ini belum disetujui, jadi belum dapat mendaftarkan aplikasi.",
                "This publisher is not approved, so it cannot list apps.",
            )
        )
    wait_for_listings(session, publisher)
    _require_room(session, publisher, len(many))
    apps = _entries(session, publisher, many)
    session.add_all(Listing(app_id=app.id, updated_at=now(), **_columns(values)) for app, values in _pairs(apps, many))
    session.flush()
    slugs = [app.slug for app in apps]
    record_audit(
        session,
        "listing.added",
        subject_type="app" if len(apps) == 1 else "publisher",
        subject_id=apps[0].id if len(apps) == 1 else publisher.id,
        after={"slugs": slugs, "addresses": [values.address for values in many]},
    )
    return apps


def change_listing(session: AnySession, publisher: Publisher, slug: str, values: ListingValues) -> App:
    """The listing says something else from now on; its id stays. Raises NotFound for a foreign or unknown one."""
    app, listing = access_own_listing(session, publisher, slug)
    before = {"kind": app.kind, "address": listing.address, "name": dict(app.name)}
    fill_listing(app, listing, values, publisher)
    session.flush()
    after = {"kind": app.kind, "address": listing.address, "name": dict(app.name)}
    note_listing(session, "listing.changed", app, before=before, after=after)
    return app


def set_listed(session: AnySession, app: App, listing: Listing, *, listed: bool) -> None:
    """Show the listing in the catalog, or withdraw it; who said that they use it is kept. Again is the same.

    Raises Conflict when a curator keeps it out.
    """
    if listed and listing.withheld_at is not None:
        raise Conflict(
            Text(
                "Kurator mengeluarkan daftar ini. Alasannya: {reason}",
                "A curator keeps this listing out. The reason: {reason}",
            ).format(reason=listing.withheld_reason)
        )
    if listed == (app.hidden_at is None):
        return
    app.hidden_at = None if listed else now()
    session.flush()
    note_listing(session, "listing.shown" if listed else "listing.withdrawn", app, after={"slug": app.slug})


def access_own_listing(session: AnySession, publisher: Publisher, slug: str) -> tuple[App, Listing]:
    """A listing of the publisher, withdrawn ones too. Raises NotFound for a foreign or unknown one."""
    found = _find(session, slug)
    if found is None or found[0].publisher_id != publisher.id:
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


def fill_listing(app: App, listing: Listing, values: ListingValues, publisher: Publisher) -> None:
    """Let a listing that is there say this from now on."""
    _describe(app, values, publisher)
    for name, value in _columns(values).items():
        if name != "publiccode" or value is not None:
            setattr(listing, name, value)
    listing.updated_at = now()


def key_of(kind: str, name: str, agency: str) -> tuple[str, str, str]:
    """What makes two lines of an inventory the same app: kind, name and agency, however they are spaced."""
    return kind, " ".join(name.casefold().split()), " ".join(agency.casefold().split())


def wait_for_listings(session: AnySession, publisher: Publisher) -> None:
    """Whoever adds to the publisher's listings does so one after the other: its row is what they queue for."""
    session.execute(select(Publisher.id).where(Publisher.id == publisher.id).with_for_update())


def _require_room(session: AnySession, publisher: Publisher, more: int) -> None:
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


def _entries(session: AnySession, publisher: Publisher, many: Sequence[ListingValues]) -> list[App]:
    """The catalog's entries under ids that nobody has: name and publisher, with a number when that is taken."""
    for _ in range(_TRIES):
        taken = set(session.scalars(select(App.slug).where(App.slug.contains(publisher.slug, autoescape=True))))
        apps = [_entry(publisher, values, taken) for values in many]
        try:
            with session.begin_nested():
                session.add_all(apps)
        except IntegrityError as error:
            # Somebody else listed the same in this very moment; their ids are seen now.
            if violated_constraint(error) != "uq_apps_slug":
                raise
            continue
        return apps
    raise Conflict(Text("Id ini baru saja dipakai. Coba lagi.", "This id was taken just now. Try again."))


def _entry(publisher: Publisher, values: ListingValues, taken: set[str]) -> App:
    ending = f"-{publisher.slug}"
    stem = slug_from(values.name["id"])[: _LONGEST_SLUG - len(ending) - 5].strip("-") or "aplikasi"
    stem = stem if stem.endswith(ending) else stem + ending
    slug = next(slug for slug in chain((stem,), (f"{stem}-{number}" for number in count(2))) if slug not in taken)
    taken.add(slug)
    app = App(slug=slug, publisher_id=publisher.id, latest_release_id=None)
    _describe(app, values, publisher)
    return app


def _describe(app: App, values: ListingValues, publisher: Publisher) -> None:
    """The entry's texts, and what it is found by."""
    app.kind, app.category, app.audience = values.kind, values.category, values.audience
    app.name, app.summary = dict(values.name), dict(values.summary)
    app.description = dict(values.description)
    kind, category = KINDS[values.kind].name, category_name(values.category)
    words = [app.slug, *app.name.values(), *app.summary.values(), publisher.name, values.agency, *values.features]
    words += [kind.id, kind.en, category.id, category.en]
    app.search_text = " ".join(words).casefold()


def _columns(values: ListingValues) -> dict[str, Any]:
    names = ("address", "agency", "stage", "licence", "repository", "contact_name", "contact_email", "publiccode")
    return {name: getattr(values, name) for name in names} | {"features": list(values.features)}


def _pairs(apps: Sequence[App], many: Sequence[ListingValues]) -> Iterator[tuple[App, ListingValues]]:
    return zip(apps, many, strict=True)


def note_listing(
    session: AnySession,
    action: str,
    app: App,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Note a change of a listing in the audit."""
    record_audit(session, action, subject_type="app", subject_id=app.id, before=before, after=after)
