"""Apps of the catalog that do the same, for curators and for whoever sends a package."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app_catalog.definitions.overlaps import Overlap, Profile, find_overlaps, overlaps_with, profile_of
from app_catalog.publishers.models import Publisher
from app_catalog.releases.models import App, Release
from lumbung.db.tenancy import AnySession

_KEPT = 2_048
_profiles: dict[str, Profile] = {}
"""Profiles by the digest of the release, which never changes what it says."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two apps that do the same, with who publishes them."""

    overlap: Overlap
    one: App
    other: App
    publishers: Mapping[UUID, str]


def list_pairs(session: AnySession, *, publisher_id: UUID | None = None) -> list[Pair]:
    """The listed apps that do the same, the closest first; with a publisher those of which one is its own."""
    rows = session.execute(
        select(App, Publisher.name, Release.digest)
        .join(Publisher, Publisher.id == App.publisher_id)
        .join(Release, Release.id == App.latest_release_id)
        .where(App.hidden_at.is_(None))
        .order_by(App.slug)
    ).all()
    apps = {app.slug: app for app, _, _ in rows}
    names = {app.publisher_id: name for app, name, _ in rows}
    profiles = _read_profiles(session, [digest for _, _, digest in rows])
    found = _found(tuple(digest for _, _, digest in rows if digest in profiles))
    return [
        Pair(overlap, apps[overlap.one], apps[overlap.other], names)
        for overlap in found
        if publisher_id is None or publisher_id in (apps[overlap.one].publisher_id, apps[overlap.other].publisher_id)
    ]


def overlaps_of_package(session: AnySession, canonical: Mapping[str, Any]) -> list[tuple[Overlap, App]]:
    """The listed apps that do the same as a package that is not among them, the closest first."""
    rows: Sequence[Any] = session.execute(
        select(App, Release.digest)
        .join(Release, Release.id == App.latest_release_id)
        .where(App.hidden_at.is_(None), App.slug != canonical["app"]["id"])
    ).all()
    profiles = _read_profiles(session, [digest for _, digest in rows])
    apps = {app.slug: app for app, _ in rows}
    found = overlaps_with(profile_of(canonical), (profiles[digest] for _, digest in rows if digest in profiles))
    return [(overlap, apps[overlap.other]) for overlap in found]


def _read_profiles(session: AnySession, digests: Sequence[str]) -> dict[str, Profile]:
    """Those that are not known yet are read in one statement."""
    missing = [digest for digest in digests if digest not in _profiles]
    if missing:
        if len(_profiles) + len(missing) > _KEPT:
            _profiles.clear()
            missing = list(digests)
        rows = session.execute(select(Release.digest, Release.canonical).where(Release.digest.in_(missing)))
        _profiles.update((digest, profile_of(json.loads(canonical))) for digest, canonical in rows)
    return {digest: _profiles[digest] for digest in digests if digest in _profiles}


@lru_cache(maxsize=4)
def _found(digests: tuple[str, ...]) -> list[Overlap]:
    """Found once for what the catalog holds now: 400 apps are 79,800 pairs."""
    return find_overlaps([_profiles[digest] for digest in digests])
