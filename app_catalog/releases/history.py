"""What of an app was published before a package arrives."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

import semver
from sqlalchemy import select

from app_catalog.releases.models import App, Release
from app_catalog.releases.rises import Earlier
from app_catalog.releases.states import ReleaseState, list_states
from lumbung.db.tenancy import AnySession


@dataclass(frozen=True, slots=True)
class History:
    """The releases of an app that are or were published, the highest version first."""

    session: AnySession
    states: tuple[ReleaseState, ...]

    @property
    def versions(self) -> tuple[str, ...]:
        """Their versions."""
        return tuple(state.release.version for state in self.states)

    def before(self, version: str) -> Earlier | None:
        """The highest published version below this one."""
        return self._highest(version, lambda _: True)

    def stable_before(self, version: str) -> Earlier | None:
        """The highest published version below this one that is no pre-release."""
        return self._highest(version, lambda known: not known.prerelease)

    def _highest(self, version: str, wanted: Callable[[semver.Version], bool]) -> Earlier | None:
        limit = semver.Version.parse(version)
        for state in self.states:
            known = semver.Version.parse(state.release.version)
            if state.kind == "published" and known < limit and wanted(known):
                canonical = self.session.scalars(select(Release.canonical).where(Release.id == state.release.id)).one()
                return Earlier(state.release.version, json.loads(canonical))
        return None


def load_history(session: AnySession, slug: str) -> History:
    """The history of the app with this id; empty when nothing of it was ever published."""
    app_id = session.scalar(select(App.id).where(App.slug == slug))
    states = list_states(session, app_id) if app_id is not None else []
    return History(session, tuple(state for state in states if state.kind in ("published", "yanked")))
