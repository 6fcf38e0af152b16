"""What differs between two versions of an app, for everybody."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import semver
from sqlalchemy import select

from app_catalog.catalog.app_page import ReleasePage, get_release_page
from app_catalog.definitions.differences import Bump, Difference, Weight, bump_between, compare, heaviest
from app_catalog.releases.loading import load_release_definition
from app_catalog.releases.models import App, Release
from app_catalog.releases.states import ReleaseState, list_states
from lumbung.db.tenancy import AnySession
from lumbung.errors import NotFound
from lumbung.i18n import pick
from lumbung.web.access import Visitor


@dataclass(frozen=True, slots=True)
class Changes:
    """What a version brings after another one; `others` are the published versions that it can be compared with."""

    app: App
    before: ReleaseState
    after: ReleaseState
    differences: tuple[Difference, ...]
    others: Sequence[str]

    @property
    def bump(self) -> Bump:
        """Which part of the version rose."""
        return bump_between(self.before.release.version, self.after.release.version)

    @property
    def weight(self) -> Weight:
        """The most that a difference asks of who upgrades."""
        return heaviest(self.differences)

    @property
    def settled(self) -> bool:
        """Whether this will be true for ever: both versions are published."""
        return self.before.kind == self.after.kind == "published"

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "app": self.app.slug,
            "from": self.before.release.version,
            "to": self.after.release.version,
            "from_digest": self.before.release.digest,
            "to_digest": self.after.release.digest,
            "bump": self.bump,
            "weight": self.weight,
            "differences": [difference_as_json(one) for one in self.differences],
        }


def get_changes(session: AnySession, slug: str, version: str, *, since: str | None, visitor: Visitor) -> Changes:
    """What a version brings after `since`, the published version before it without.

    Raises NotFound for a version that there is not or that is not for this visitor, and when there is none before it.
    """
    page = get_release_page(session, slug, version, visitor)
    others = versions_before(session, page)
    wanted = since or next(iter(others), None)
    if wanted is None:
        raise NotFound
    before = get_release_page(session, slug, wanted, visitor).state
    found = compare_releases(session, before.release.id, page.state.release.id)
    return Changes(page.app, before, page.state, found, others)


def versions_before(session: AnySession, page: ReleasePage) -> list[str]:
    """Published versions lower than a page's, the highest first."""
    own = semver.Version.parse(page.state.release.version)
    versions = [state.release.version for state in list_states(session, page.app.id) if state.kind == "published"]
    return [version for version in versions if semver.Version.parse(version) < own]


def compare_releases(session: AnySession, before_id: UUID, after_id: UUID) -> tuple[Difference, ...]:
    """What a release adds, removes and changes after another one; both are verified first."""
    return _compare_texts(_canonical_of(session, before_id), _canonical_of(session, after_id))


def _canonical_of(session: AnySession, release_id: UUID) -> str:
    load_release_definition(session, release_id)
    return session.scalars(select(Release.canonical).where(Release.id == release_id)).one()


@lru_cache(maxsize=16)
def _compare_texts(before: str, after: str) -> tuple[Difference, ...]:
    """Two packages at their limits take a second to compare, and never differ in anything else."""
    return compare(json.loads(before), json.loads(after))


def difference_as_json(one: Difference) -> dict[str, Any]:
    """A difference for programs; texts in both languages."""
    return {
        "area": one.area,
        "change": one.change,
        "path": one.path,
        "id": one.id,
        "record": one.record,
        "name": dict(one.name),
        "weight": one.weight,
        "meaning": dict(one.meaning),
        "properties": [{"path": each.path, "before": each.before, "after": each.after} for each in one.properties],
    }


def difference_line(one: Difference) -> str:
    """A difference in one line, for a terminal."""
    sign = {"added": "+", "removed": "-", "changed": "~"}[one.change]
    return f"{sign} {one.path}  {pick(one.name)}: {pick(one.meaning)}"
