"""What an administrator may choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app_catalog.definitions.model import Definition
from app_catalog.deprecations.reading import Deprecated, list_deprecated, of_release
from app_catalog.installations.models import Installation
from app_catalog.installations.services import list_installations
from app_catalog.publishers.models import Publisher
from app_catalog.releases.loading import load_release_definition
from app_catalog.releases.models import App, Release
from lumbung.db.tenancy import AnySession
from lumbung.errors import NotFound


@dataclass(frozen=True)
class Shelf:
    """Installations with their apps, and apps that are not installed, with their publishers; what ends, by app."""

    installed: tuple[tuple[Installation, App, str], ...]
    offered: tuple[tuple[App, str], ...]
    ends: Mapping[UUID, Deprecated]


@dataclass(frozen=True)
class Offer:
    """An app with its newest release, ready to be enabled."""

    app: App
    release: Release
    publisher: Publisher
    definition: Definition
    ends: Deprecated | None


def list_shelf(session: AnySession) -> Shelf:
    """Everything enabled or disabled here, and what else the catalog offers and supports, by name."""
    mine = {found.app_id: found for found in list_installations(session, with_disabled=True)}
    rows = session.execute(
        select(App, Publisher.name)
        .join(Publisher, Publisher.id == App.publisher_id)
        .where(App.id.in_(mine) | App.latest_release_id.is_not(None) & App.hidden_at.is_(None))
        .order_by(App.slug)
    ).all()
    used = select(Release.id, Release.version).where(Release.id.in_([found.release_id for found in mine.values()]))
    versions: dict[object, str] = dict(session.execute(used).all())
    ends = _endings(session, [(app, mine[app.id].release_id if app.id in mine else None) for app, _ in rows])
    return Shelf(
        installed=tuple(
            (mine[app.id], app, versions.get(mine[app.id].release_id, "")) for app, _ in rows if app.id in mine
        ),
        offered=tuple(
            (app, publisher)
            for app, publisher in rows
            if app.id not in mine and not (app.id in ends and ends[app.id].over)
        ),
        ends=ends,
    )


def access_offer(session: AnySession, slug: str) -> Offer:
    """The newest published release of an app, verified; raises NotFound when there is none."""
    found = session.execute(
        select(App, Release, Publisher)
        .join(Release, Release.id == App.latest_release_id)
        .join(Publisher, Publisher.id == App.publisher_id)
        .where(App.slug == slug, App.hidden_at.is_(None))
    ).one_or_none()
    if found is None:
        raise NotFound
    app, release, publisher = found
    ends = of_release(list_deprecated(session, [app.id]), release.id)
    return Offer(app, release, publisher, load_release_definition(session, release.id), ends)


def _endings(session: AnySession, rows: Sequence[tuple[App, UUID | None]]) -> dict[UUID, Deprecated]:
    """What ends first for the release that runs here, or for the newest where none does."""
    found: dict[UUID, list[Deprecated]] = {}
    for one in list_deprecated(session, [app.id for app, _ in rows]):
        found.setdefault(one.app_id, []).append(one)
    endings = {app.id: of_release(found.get(app.id, ()), running or app.latest_release_id) for app, running in rows}
    return {app_id: one for app_id, one in endings.items() if one is not None}
