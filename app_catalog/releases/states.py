"""What has become of a release: its newest event counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

import semver
from sqlalchemy import Select, Uuid, bindparam, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from app_catalog.releases.models import App, Release, ReleaseEvent
from lumbung.audit import record_audit
from lumbung.db.tenancy import AnySession

CHANNELS = ("stable", "beta")
_STATES = ("submitted", "published", "sent_back", "yanked")


@dataclass(frozen=True, slots=True)
class ReleaseState:
    """A release with the newest event that says what it is."""

    release: Release
    event: ReleaseEvent
    promoted: bool = False

    @property
    def kind(self) -> str:
        """One of submitted, published, sent_back, yanked."""
        return self.event.kind

    @property
    def channel(self) -> str:
        """Either stable or beta. A pre-release (SemVer 2.0, section 9) is beta; another one that was sent as beta is it
        until it is promoted."""
        if semver.Version.parse(self.release.version).prerelease:
            return "beta"
        return "stable" if self.promoted else self.release.channel


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
        .where(ReleaseEvent.release_id == release_id, ReleaseEvent.kind.in_(_STATES))
        .order_by(ReleaseEvent.created_at.desc(), ReleaseEvent.id.desc())
        .limit(1)
    )


def settled_event(session: AnySession, release: Release) -> ReleaseEvent | None:
    """As `newest_event`, and it stays the newest until the transaction ends: whoever yanks the release waits, and then
    finds everybody who runs it."""
    session.execute(select(App.id).where(App.id == release.app_id).with_for_update(read=True, key_share=True))
    return newest_event(session, release.id)


def list_states(session: AnySession, app_id: UUID) -> list[ReleaseState]:
    """All releases of an app with their states, the highest version first."""
    return in_order(session.execute(states_of_app(), {"app_id": app_id}))


def in_order(rows: Iterable[Sequence[Any]]) -> list[ReleaseState]:
    """What rows of `states_of_app` say, the highest version first."""
    found = [ReleaseState(release, happened, was_promoted) for release, happened, was_promoted in rows]
    return sorted(found, key=lambda state: semver.Version.parse(state.release.version), reverse=True)


@cache
def states_of_app() -> Select[Release, ReleaseEvent, bool]:
    """The statement behind `list_states`, for the app that is given as `app_id`."""
    app_id = bindparam("app_id", type_=Uuid())
    newest = (
        select(ReleaseEvent)
        .where(
            ReleaseEvent.release_id.in_(select(Release.id).where(Release.app_id == app_id)),
            # A list of values of its own length cannot be prepared.
            or_(*(ReleaseEvent.kind == state for state in _STATES)),
        )
        .order_by(ReleaseEvent.release_id, ReleaseEvent.created_at.desc(), ReleaseEvent.id.desc())
        .ext(distinct_on(ReleaseEvent.release_id))
        .subquery()
    )
    event = aliased(ReleaseEvent, newest)
    promoted = (
        select(ReleaseEvent.id)
        .where(ReleaseEvent.release_id == Release.id, ReleaseEvent.kind == "promoted")
        .correlate(Release)
        .exists()
    )
    return select(Release, event, promoted).join(event, event.release_id == Release.id).where(Release.app_id == app_id)


def newest_published(session: AnySession, app_id: UUID) -> Release | None:
    """The published release of the stable channel with the highest version; one of the beta channel only when there is
    nothing else."""
    return newest_of(list_states(session, app_id))


def newest_of(states: Sequence[ReleaseState]) -> Release | None:
    """As `newest_published`, among states that are known already, the highest version first."""
    published = [state for state in states if state.kind == "published"]
    stable = [state for state in published if state.channel == "stable"]
    return next((state.release for state in stable or published), None)


def beta_of(states: Sequence[ReleaseState]) -> Release | None:
    """The highest published release of the beta channel that is ahead of everything stable."""
    newest = newest_of(states)
    for state in states:
        if newest is None or state.release.id == newest.id:
            return None
        if state.kind == "published" and state.channel == "beta":
            return state.release
    return None


def refresh_app(session: AnySession, app: App) -> None:
    """Point the app at its newest published release."""
    newest = newest_published(session, app.id)
    app.latest_release_id = newest.id if newest else None
