"""What is new in the catalog, of one app, and in one region, as entries of a feed."""

from __future__ import annotations

from sqlalchemy import select

from app_catalog.feeds.model import MOST_ENTRIES, FeedEntry
from app_catalog.installations.models import Adoption
from app_catalog.publishers.models import Publisher
from app_catalog.releases.models import App, Release, ReleaseEvent
from app_catalog.releases.states import list_states
from app_catalog.requests.models import AppRequest
from app_catalog.wishes.reading import list_wishes_of
from lumbung.db.tenancy import AnySession
from lumbung.i18n import pick, t
from tenants.municipalities.models import Municipality


def new_apps(session: AnySession) -> list[FeedEntry]:
    """The apps that the catalog has had for the shortest time."""
    rows = session.execute(
        select(App, Publisher.name)
        .join(Publisher, Publisher.id == App.publisher_id)
        .where(App.latest_release_id.is_not(None), App.hidden_at.is_(None))
        .order_by(App.created_at.desc(), App.slug)
        .limit(MOST_ENTRIES)
    )
    return [
        FeedEntry(
            id=f"urn:uuid:{app.id}",
            title=pick(app.name),
            updated=app.created_at,
            href=f"/apps/{app.slug}",
            text=pick(app.summary) or pick(app.name),
            author=publisher,
            category=app.category,
        )
        for app, publisher in rows
    ]


def releases_of(session: AnySession, app: App) -> list[FeedEntry]:
    """The published versions of an app, and those that were yanked, with the reason."""
    publisher = session.get_one(Publisher, app.publisher_id)
    return [
        FeedEntry(
            id=f"urn:uuid:{state.release.id}",
            title=f"{pick(app.name)} {state.release.version}"
            + (t(" (ditarik)", " (yanked)") if state.kind == "yanked" else ""),
            updated=state.event.created_at,
            href=f"/apps/{app.slug}/{state.release.version}",
            text=(state.event.reason if state.kind == "yanked" else state.release.changelog) or state.release.version,
            author=publisher.name,
            category=state.channel,
        )
        for state in list_states(session, app.id)
        if state.kind in ("published", "yanked")
    ]


def news_of_region(session: AnySession, municipality: Municipality) -> list[FeedEntry]:
    """What a municipality has said in public: apps that it runs, versions that it published, what it asked for."""
    return [
        *_adoptions(session, municipality),
        *_published(session, municipality),
        *_requests(session, municipality),
        *_wishes(session, municipality),
    ]


def _adoptions(session: AnySession, municipality: Municipality) -> list[FeedEntry]:
    rows = session.execute(
        select(Adoption, App)
        .join(App, App.id == Adoption.app_id)
        .where(Adoption.tenant_id == municipality.id, Adoption.ended_at.is_(None), App.hidden_at.is_(None))
        .order_by(Adoption.since.desc())
        .limit(MOST_ENTRIES)
    )
    return [
        FeedEntry(
            id=f"urn:uuid:{adoption.id}",
            title=t("{who} memakai {app}", "{who} runs {app}", who=municipality.name, app=pick(app.name)),
            updated=adoption.since,
            href=f"/apps/{app.slug}",
            text=pick(app.summary) or pick(app.name),
            author=municipality.name,
            category="runs",
        )
        for adoption, app in rows
    ]


def _published(session: AnySession, municipality: Municipality) -> list[FeedEntry]:
    rows = session.execute(
        select(App, Release, ReleaseEvent.created_at)
        .join(Release, Release.app_id == App.id)
        .join(ReleaseEvent, (ReleaseEvent.release_id == Release.id) & (ReleaseEvent.kind == "published"))
        .join(Publisher, Publisher.id == App.publisher_id)
        .where(Publisher.municipality_id == municipality.id, App.hidden_at.is_(None))
        .order_by(ReleaseEvent.created_at.desc())
        .limit(MOST_ENTRIES)
    )
    return [
        FeedEntry(
            id=f"urn:uuid:{release.id}",
            title=t(
                "{who} menerbitkan {app} {version}",
                "{who} published {app} {version}",
                who=municipality.name,
                app=pick(app.name),
                version=release.version,
            ),
            updated=moment,
            href=f"/apps/{app.slug}/{release.version}",
            text=release.changelog or release.version,
            author=municipality.name,
            category="gives",
        )
        for app, release, moment in rows
    ]


def _requests(session: AnySession, municipality: Municipality) -> list[FeedEntry]:
    rows = session.execute(
        select(AppRequest, App)
        .join(App, App.id == AppRequest.app_id)
        .where(AppRequest.tenant_id == municipality.id, App.hidden_at.is_(None), App.latest_release_id.is_not(None))
        .order_by(AppRequest.created_at.desc())
        .limit(MOST_ENTRIES)
    )
    return [
        FeedEntry(
            id=f"urn:uuid:{request.id}",
            title=f"{pick(app.name)}: {request.title}",
            updated=request.updated_at,
            href=f"/apps/{app.slug}/requests/{request.id}",
            text=request.words or request.title,
            author=municipality.name,
            category="asks",
        )
        for request, app in rows
    ]


def _wishes(session: AnySession, municipality: Municipality) -> list[FeedEntry]:
    return [
        FeedEntry(
            id=f"urn:uuid:{one.wish.id}",
            title=one.wish.title,
            updated=one.wish.updated_at,
            href=f"/wishes/{one.wish.id}",
            text=one.wish.problem,
            author=municipality.name,
            category="wishes",
        )
        for one in list_wishes_of(session, municipality.id)
    ]
