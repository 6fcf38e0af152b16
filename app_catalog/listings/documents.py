"""Any entry of the catalog as publiccode.yml, with a true `usedBy`."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload, undefer

from app_catalog.catalog.services import list_adopters
from app_catalog.listings.models import Listing
from app_catalog.listings.publiccode import Written, write_listing, write_package
from app_catalog.listings.reading import list_users
from app_catalog.releases.loading import load_release_definition
from app_catalog.releases.models import App, Release
from lumbung.db.tenancy import AnySession
from lumbung.errors import NotFound
from lumbung.i18n import Text
from tenants.municipalities.models import Municipality
from tenants.regions.reference import find_regency


def write_entry(session: AnySession, slug: str) -> Written:
    """The publiccode.yml of a package or listing that the catalog shows.

    `usedBy` names the municipalities that say so in public, by the name in the regions directory, and nobody else.
    Raises NotFound when there is no such entry.
    """
    app = session.scalar(
        select(App).where(App.slug == slug, App.hidden_at.is_(None)).options(joinedload(App.publisher))
    )
    if app is None:
        raise NotFound
    if app.kind != "package":
        whole = select(Listing).where(Listing.app_id == app.id).options(undefer(Listing.publiccode))
        listing = session.scalars(whole.execution_options(populate_existing=True)).one()
        users = [municipality for _, municipality in list_users(session, app.id)]
        return write_listing(app, listing, app.publisher, used_by=_names(users))
    if app.latest_release_id is None:
        raise NotFound
    release = session.get_one(Release, app.latest_release_id)
    definition = load_release_definition(session, release.id)
    return write_package(
        definition.publiccode,
        version=release.version,
        released=release.created_at.date().isoformat(),
        used_by=_names([municipality for _, municipality in list_adopters(session, app.id)]),
    )


def get_text(session: AnySession, slug: str) -> str:
    """As `write_entry`, the text. Raises NotFound with the reason when the entry says too little for one."""
    written = write_entry(session, slug)
    if written.problems:
        missing = ", ".join(sorted({problem.path for problem in written.problems}))
        raise NotFound(
            Text(
                "Daftar ini belum cukup lengkap untuk publiccode.yml. Yang kurang: {missing}.",
                "This listing does not say enough for a publiccode.yml yet. Missing: {missing}.",
            ).format(missing=missing)
        )
    return written.text


def _names(municipalities: list[Municipality]) -> list[str]:
    return [known.name if (known := find_regency(one.region_code)) else one.name for one in municipalities]
