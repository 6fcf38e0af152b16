"""A publisher's own apps with everything that became of them, and what waits for curators."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app_catalog.publishers.models import Publisher
from app_catalog.releases.models import App, Release
from app_catalog.releases.states import ReleaseState, list_states, newest_event, note_event
from app_catalog.releases.submission import publish
from app_catalog.releases.telling import tell_publisher
from lumbung.db.tenancy import AnySession
from lumbung.errors import Conflict, Invalid, NotFound
from lumbung.i18n import Text, t
from lumbung.web.sites import hub_origin, url_on_hub

_SUSPENDED = Text(
    "Penerbitnya sedang dihentikan, jadi rilisnya belum dapat terbit. Kembalikan rilis ini, atau putuskan dulu tentang "
    "penerbitnya.",
    "Its publisher is suspended, so the release cannot be published. Send it back, or decide about the publisher "
    "first.",
)


@dataclass(frozen=True, slots=True)
class OwnApp:
    """An app with all of its releases, the highest version first."""

    app: App
    states: list[ReleaseState]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A release that a curator has to look at; its report says why."""

    release: Release
    app: App
    publisher: Publisher
    since: ReleaseState


def list_own_apps(session: AnySession, publisher: Publisher) -> list[OwnApp]:
    """The apps of a publisher by id, those never published too."""
    apps = session.scalars(
        select(App).where(App.publisher_id == publisher.id, App.kind == "package").order_by(App.slug)
    )
    return [OwnApp(app, list_states(session, app.id)) for app in apps]


def list_waiting(session: AnySession) -> list[Waiting]:
    """Releases that wait for a curator, by app and version."""
    # Whatever waits was never published, or carries a new name on an app that was; both kinds are few.
    rows = session.execute(
        select(App, Publisher)
        .join(Publisher, Publisher.id == App.publisher_id)
        .where(App.kind == "package")
        .order_by(App.slug)
    )
    return [
        Waiting(state.release, app, publisher, state)
        for app, publisher in rows.all()
        for state in list_states(session, app.id)
        if state.kind == "submitted"
    ]


def approve_release(session: AnySession, release_id: UUID, *, account_id: UUID | None) -> Release:
    """The release is published. Raises NotFound for an unknown one, Conflict when it does not wait any more or nobody
    may publish for its publisher (which was suspended since it was sent)."""
    release = _waiting(session, release_id)
    app = session.get_one(App, release.app_id)
    if session.get_one(Publisher, app.publisher_id).status != "approved":
        raise Conflict(_SUSPENDED)
    publish(session, app, release, account_id=account_id)
    tell_publisher(
        session,
        app.publisher_id,
        subject=Text("{app} {version} terbit", "{app} {version} is published").format(
            app=app.slug, version=release.version
        ),
        text=Text(
            "Kurator menyetujui {app} versi {version}. Lihat di katalog: {link}",
            "A curator approved {app} version {version}. See it in the catalog: {link}",
        ).format(
            app=app.slug,
            version=release.version,
            link=url_on_hub("catalog.release_page", slug=app.slug, version=release.version),
        ),
        about=("release", release.id),
    )
    return release


def send_back_release(session: AnySession, release_id: UUID, *, account_id: UUID | None, reason: str) -> Release:
    """The release goes back to its maintainer with a reason; a new version may be sent.

    Raises Invalid without a reason, NotFound for an unknown release, Conflict when it does not wait any more.
    """
    if len(reason.strip()) < 5:
        message = t("Tulis alasannya, supaya penerbit tahu apa yang perlu diubah.", "Say why, and what to change.")
        raise Invalid(fields={"reason": [message]})
    release = _waiting(session, release_id)
    note_event(session, release, "sent_back", account_id=account_id, reason=reason.strip())
    app = session.get_one(App, release.app_id)
    tell_publisher(
        session,
        app.publisher_id,
        subject=Text("{app} {version} dikembalikan", "{app} {version} was sent back").format(
            app=app.slug, version=release.version
        ),
        text=Text(
            "Kurator mengembalikan {app} versi {version}.\n\nAlasannya: {reason}\n\n"
            "Perbaiki paketnya, naikkan `version`, lalu kirim lagi: {link}",
            "A curator sent {app} version {version} back.\n\nThe reason: {reason}\n\n"
            "Mend the package, raise `version`, and send it again: {link}",
        ).format(
            app=app.slug,
            version=release.version,
            reason=reason.strip(),
            link=f"{hub_origin()}/publish",
        ),
        about=("release", release.id),
    )
    return release


def _waiting(session: AnySession, release_id: UUID) -> Release:
    release = session.scalar(select(Release).where(Release.id == release_id))
    if release is None:
        raise NotFound
    # Two curators decide one after the other: the app's row is what they queue for.
    session.execute(select(App.id).where(App.id == release.app_id).with_for_update())
    event = newest_event(session, release_id)
    if event is None or event.kind != "submitted":
        raise Conflict(Text("Rilis ini sudah diputuskan.", "This release has been decided already."))
    return release
