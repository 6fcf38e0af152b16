"""What a municipality's own site opens with: its services, what was published last, and honest numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import exists, func, select

from app_catalog.definitions.model import Page
from app_catalog.installations.icons import icon_url
from app_catalog.installations.services import list_installations
from app_runtime.pages.browsing import is_late
from app_runtime.pages.opening import ANYBODY, app_name, find_page
from app_runtime.records.listing import list_records
from app_runtime.records.models import Record, RecordClock
from app_runtime.records.presenting import PresentedRecord
from app_runtime.records.running_app import RunningApp, running_app
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.i18n import pick
from lumbung.web.access import Visitor

LATEST = 4


@dataclass(frozen=True)
class Tile:
    """One service on the portal: where it leads, and the page that the main button opens."""

    slug: str
    name: str
    title: str
    text: str
    icon_url: str
    opens: Page | None


@dataclass(frozen=True)
class Figures:
    """This month of one app, by the municipality's calendar; `in_time` are those closed without a missed deadline."""

    name: str
    received: int
    closed: int
    in_time: int


@dataclass(frozen=True)
class Latest:
    """The newest published records of an app, each with whether it is late, and the page that lists all."""

    slug: str
    page: Page
    records: list[tuple[PresentedRecord, bool]]


@dataclass(frozen=True)
class Portal:
    """Everything on the start page; `stopped` when every service there was is switched off."""

    tiles: list[Tile]
    figures: list[Figures]
    latest: list[Latest]
    stopped: bool


def open_portal(session: AnySession, visitor: Visitor) -> Portal:
    """The start page of the session's municipality, services in the order in which it enabled them.

    What only officials use is shown to who is at work here, and to nobody else.
    """
    enabled = sorted(list_installations(session), key=lambda installation: installation.id)
    apps = [running_app(session, installation) for installation in enabled]
    official = visitor.membership_id is not None
    return Portal(
        tiles=[_tile(app, official=official) for app in apps if official or _is_for_citizens(app)],
        figures=[_figures(app) for app in apps if app.installation.public_numbers],
        latest=[found for app in apps if (found := _latest(app)) is not None],
        stopped=not apps and bool(list_installations(session, with_disabled=True)),
    )


def _is_for_citizens(app: RunningApp) -> bool:
    return any({"public", "resident"} & set(page.audience) for page in app.definition.pages.values())


def _tile(app: RunningApp, *, official: bool) -> Tile:
    tile = find_page(app, "tile")
    opens = app.definition.pages.get(tile.opens) if tile is not None and tile.opens else find_page(app, "form")
    if tile is None and official:
        # Where it leads depends on the role, so that its own page shows the way.
        tile = next((page for page in app.definition.pages.values() if page.kind == "tile"), None)
    return Tile(
        slug=app.installation.slug,
        name=app_name(app),
        title=pick(tile.title) if tile else app_name(app),
        text=pick(tile.text) if tile else "",
        icon_url=icon_url(app.installation),
        opens=opens,
    )


def _latest(app: RunningApp) -> Latest | None:
    page = find_page(app, "list")
    if page is None or page.record is None:
        return None
    found = list_records(app.session, app.installation, ANYBODY, page.record, limit=LATEST)
    newest = [(record, is_late(record)) for record in found.items]
    return Latest(app.installation.slug, page, newest) if newest else None


def _figures(app: RunningApp) -> Figures:
    first = now().astimezone(app.zone).date().replace(day=1)
    since = datetime.combine(first, time.min, app.zone)
    mine = (Record.tenant_id == app.installation.tenant_id, Record.installation_id == app.installation.id)
    missed = exists().where(
        RecordClock.tenant_id == Record.tenant_id,
        RecordClock.record_id == Record.id,
        RecordClock.breached_at.is_not(None),
    )
    received = select(func.count()).select_from(Record).where(*mine, Record.created_at >= since)
    closed = select(func.count()).select_from(Record).where(*mine, Record.closed_at >= since)
    return Figures(
        name=app_name(app),
        received=app.session.scalar(received) or 0,
        closed=app.session.scalar(closed) or 0,
        in_time=app.session.scalar(closed.where(~missed)) or 0,
    )
