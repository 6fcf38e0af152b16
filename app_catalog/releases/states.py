"""What has become of a release: its newest event counts."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import semver
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from app_catalog.releases.models import App, Release, ReleaseEvent
from lumbung.audit import record_audit
from lumbung.db.tenancy import AnySession


@dataclass(frozen=True, slots=True)
class ReleaseState:
    """A release with its newest event."""

    release: Release
    event: ReleaseEvent

    @property
    def kind(self) -> str:
        """One of submitted, published, sent_back, yanked."""
        return self.event.kind


def note_event(
    session: AnySession, release: Release, kind: str, *, account_id: UUID | None, reason: str = ""
) -> ReleaseEvent:
    """Say what has happened to a release; it is never taken back."""
    event = ReleaseEvent(release_id=release.id, kind=kind, account_id=account_id, reason=reason)
    session.add(event)
    session.flush()
    record_audit(
        session,
        f"release.{kind}",
        subject_type="release",
        subject_id=release.id,
        after={"version": release.version, "digest": release.digest, "reason": reason},
    )
    return event


def newest_event(session: AnySession, release_id: UUID) -> ReleaseEvent | None:
    """The event that says what a release is now."""
    return session.scalar(
        select(ReleaseEvent)
        .where(ReleaseEvent.release_id == release_id)
        .order_by(ReleaseEvent.created_at.desc(), ReleaseEvent.id.desc())
        .limit(1)
    )


def list_states(session: AnySession, app_id: UUID) -> list[ReleaseState]:
    """All releases of an app with their states, the highest version first."""
    newest = (
        select(ReleaseEvent)
        .where(ReleaseEvent.release_id.in_(select(Release.id).where(Release.app_id == app_id)))
        .order_by(ReleaseEvent.release_id, ReleaseEvent.created_at.desc(), ReleaseEvent.id.desc())
        .ext(distinct_on(ReleaseEvent.release_id))
        .subquery()
    )
    event = aliased(ReleaseEvent, newest)
    rows = session.execute(
        select(Release, event).join(event, event.release_id == Release.id).where(Release.app_id == app_id)
    )
    found = [ReleaseState(release, happened) for release, happened in rows]
    return sorted(found, key=lambda state: semver.Version.parse(state.release.version), reverse=True)


def newest_published(session: AnySession, app_id: UUID) -> Release | None:
    """The published release with the highest version; a pre-release only when there is nothing else."""
    published = [state.release for state in list_states(session, app_id) if state.kind == "published"]
    finished = [release for release in published if not semver.Version.parse(release.version).prerelease]
    return next(iter(finished or published), None)


def refresh_app(session: AnySession, app: App) -> None:
    """Point the app at its newest published release."""
    newest = newest_published(session, app.id)
    app.latest_release_id = newest.id if newest else None
