"""Opening an app and its pages for whoever asks."""

from __future__ import annotations

from dataclasses import dataclass

from app_catalog.definitions.model import Page, RecordType
from app_catalog.installations.models import Installation
from app_catalog.installations.services import find_installation, installation_asked
from app_runtime.pages.errors import ServiceOff
from app_runtime.records.actors import Actor, actor_for
from app_runtime.records.agency_tree import agencies_asked, agencies_of
from app_runtime.records.municipal import session_municipality
from app_runtime.records.niks import nik_fields
from app_runtime.records.running_app import RunningApp, running_app
from lumbung.db.fetching import fetched
from lumbung.db.inside import run_inside
from lumbung.db.tenancy import AnySession
from lumbung.errors import NotFound
from lumbung.i18n import pick
from lumbung.web.access import Visitor
from tenants.calendars.services import calendar_asked, calendar_of

ANYBODY = Actor(kind="visitor")
"""Reads what is public, and nothing more: what public pages show does not depend on who looks."""


@dataclass(frozen=True)
class OpenPage:
    """A page of an app that is for this visitor; `reader` reads with it, `writer` makes records with it."""

    app: RunningApp
    page: Page
    reader: Actor
    writer: Actor

    @property
    def slug(self) -> str:
        """The app's place in the portal."""
        return self.app.installation.slug

    @property
    def for_officials(self) -> bool:
        """Whether it was opened by a role at work, not as a citizen."""
        return self.writer.kind == "member"

    @property
    def record_type(self) -> RecordType:
        """The type that the page is about. Raises NotFound when it is about none."""
        return self.app.record_type(self.page.record or "")

    @property
    def asks_nik(self) -> bool:
        """Whether records of the page's type may hold a NIK, so that somebody may look for one."""
        return any(nik_fields(kind) for _, kind in self.app.kinds(self.page.record or ""))


def open_app(session: AnySession, slug: str) -> RunningApp:
    """The app at `/<slug>`. Raises NotFound when there never was one, ServiceOff when it was disabled."""
    return _opened(session, find_installation(session, slug, with_disabled=True))


def open_app_to_write(session: AnySession, slug: str) -> RunningApp:
    """The same for whoever makes a record: what every new record needs of the municipality comes in one round trip."""
    tenant = session_municipality(session)
    fetch, values = installation_asked(session, slug)
    installations, agencies, hours, days = run_inside(
        session, (fetch.statement, values), agencies_asked(tenant.id), *calendar_asked(tenant.id)
    )
    app = _opened(session, fetched(session, fetch, installations))
    app.municipality = tenant
    app.agencies = agencies_of(tenant.id, agencies)
    app.calendar = calendar_of(tenant.id, tenant.timezone, hours, days)
    return app


def _opened(session: AnySession, installation: Installation | None) -> RunningApp:
    if installation is None:
        raise NotFound
    if installation.status != "enabled":
        raise ServiceOff
    return running_app(session, installation)


def open_page(session: AnySession, visitor: Visitor, slug: str, page_id: str, *, kind: str | None = None) -> OpenPage:
    """A page for this visitor. Raises NotFound when it is missing, of another kind or for others, and ServiceOff."""
    app = open_app(session, slug)
    page = app.definition.pages.get(page_id)
    if page is None or page.kind == "tile" or (kind is not None and page.kind != kind):
        raise NotFound
    writer = citizen(visitor)
    if "public" in page.audience or ("resident" in page.audience and visitor.signed_in):
        return OpenPage(app, page, ANYBODY, writer)
    if visitor.membership_id is None:
        raise NotFound
    official = actor_for(session, visitor, app.installation)
    if not official.roles & set(page.audience):
        raise NotFound
    return OpenPage(app, page, official, official)


def citizen(visitor: Visitor) -> Actor:
    """Whoever asks, as a citizen: officials too report as anybody does on a public page."""
    return Actor(kind="resident" if visitor.signed_in else "visitor", account_id=visitor.account_id, name=visitor.name)


def pages_for(app: RunningApp, visitor: Visitor) -> list[Page]:
    """The app's pages for this visitor in their order: everybody's, and those of one's roles; no tiles."""
    roles = {"public", "resident"} if visitor.signed_in else {"public"}
    if visitor.membership_id is not None:
        roles |= actor_for(app.session, visitor, app.installation).roles
    return [page for page in app.definition.pages.values() if page.kind != "tile" and roles & set(page.audience)]


def find_page(app: RunningApp, kind: str, *, record_type: str | None = None) -> Page | None:
    """The first page of a kind that is for everybody (and about a record type), or None."""
    for page in app.definition.pages.values():
        if page.kind == kind and "public" in page.audience and record_type in (None, page.record):
            return page
    return None


def app_name(app: RunningApp) -> str:
    """The app's name here: the municipality's own, else the package's."""
    return pick(app.installation.own_name or app.definition.name)
