"""What may still happen to a release that is published: it becomes stable, or nobody new gets it any more."""

from __future__ import annotations

from uuid import UUID

import semver
from sqlalchemy import select

from app_catalog.publishers.members import is_member
from app_catalog.publishers.models import Publisher
from app_catalog.releases.models import App, Release, ReleaseEvent
from app_catalog.releases.states import ReleaseState, list_states, note_event
from app_catalog.releases.submission import follow_newest
from app_catalog.releases.waking import wake_for_version
from lumbung.db.tenancy import AnySession
from lumbung.errors import Conflict, Invalid, NotFound
from lumbung.i18n import Text, t
from lumbung.outbox import enqueue_effect
from lumbung.plain_text import plain_text
from lumbung.web.access import Visitor

SPREAD_YANK = "spread_yank"
"""The platform's effect that has every municipality look whether it runs what was yanked."""
SHORTEST_REASON = 5


def access_own_app(session: AnySession, publisher: Publisher, slug: str) -> App:
    """A package of the publisher. Raises NotFound."""
    own = (App.slug == slug, App.publisher_id == publisher.id, App.kind == "package")
    app = session.scalar(select(App).where(*own))
    if app is None:
        raise NotFound
    return app


def access_app_to_yank(session: AnySession, slug: str, visitor: Visitor) -> App:
    """An app whose releases the visitor may yank: the people of its publisher and curators. Raises NotFound."""
    app = session.scalar(select(App).where(App.slug == slug))
    if app is None or not may_yank(session, app, visitor):
        raise NotFound
    return app


def may_yank(session: AnySession, app: App, visitor: Visitor) -> bool:
    """Whether the visitor acts for the app's publisher, which is approved, or is a curator."""
    if visitor.is_curator:
        return True
    if visitor.account_id is None or not is_member(session, app.publisher_id, visitor.account_id):
        return False
    return session.get_one(Publisher, app.publisher_id).status == "approved"


def get_state(session: AnySession, app: App, version: str) -> ReleaseState:
    """A version of the app with its state. Raises NotFound."""
    for state in list_states(session, app.id):
        if state.release.version == version:
            return state
    raise NotFound


def promote_release(session: AnySession, app: App, version: str, *, account_id: UUID | None) -> Release:
    """A release of the beta channel is offered to everybody from now on, the very same content.

    Raises NotFound for an unknown version, Conflict for a pre-release (`1.2.0-rc.1` is a beta by its number), for one
    that is stable already and for one that is not published.
    """
    state = _published(session, app, version)
    if semver.Version.parse(version).prerelease:
        raise Conflict(
            Text(
                "Versi {version} adalah pra-rilis menurut nomornya. Kirim versi tanpa akhiran untuk kanal stabil.",
                "Version {version} is a pre-release by its number. Send one without the suffix for the stable channel.",
            ).format(version=version)
        )
    if state.channel == "stable":
        raise Conflict(Text("Versi ini sudah di kanal stabil.", "This version is in the stable channel already."))
    note_event(session, state.release, "promoted", account_id=account_id)
    follow_newest(session, app)
    wake_for_version(session, state.release)
    return state.release


def yank_release(session: AnySession, app: App, version: str, *, account_id: UUID | None, reason: str) -> ReleaseEvent:
    """Nobody new gets the release from now on. Who runs it keeps it, and is told why by e-mail; it is never taken back.

    Raises Invalid without a reason, NotFound for an unknown version, Conflict for one that is not published.
    """
    words = plain_text(reason)
    if not SHORTEST_REASON <= len(words) <= 500:
        message = t(
            "Tulis alasannya (5 sampai 500 huruf): daerah yang memakainya akan membacanya.",
            "Say why (5 to 500 characters): municipalities that run it will read it.",
        )
        raise Invalid(fields={"reason": [message]})
    state = _published(session, app, version)
    event = note_event(session, state.release, "yanked", account_id=account_id, reason=words)
    follow_newest(session, app)
    enqueue_effect(session, SPREAD_YANK, {"event_id": str(event.id)}, dedupe_key=f"yank:{event.id}")
    return event


def _published(session: AnySession, app: App, version: str) -> ReleaseState:
    # Two people decide one after the other: the app's row is what they queue for.
    session.execute(select(App.id).where(App.id == app.id).with_for_update())
    state = get_state(session, app, version)
    if state.kind != "published":
        raise Conflict(
            Text(
                "Versi {version} tidak sedang terbit.",
                "Version {version} is not published now.",
            ).format(version=version)
        )
    return state
