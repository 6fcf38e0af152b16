"""Icons and screenshots of releases, served so that they can run nothing."""

from __future__ import annotations

from flask import Response
from sqlalchemy import select
from sqlalchemy.orm import undefer

from app_catalog.releases.models import App, Release, ReleaseFile
from lumbung.db.tenancy import AnySession
from lumbung.errors import NotFound

SAFE = "default-src 'none'; sandbox"
FOREVER = "public, max-age=31536000, immutable"
_SHORT = 16


def short_digest(digest: str) -> str:
    """What addresses carry of a file's digest, so that a new content gets a new address."""
    return digest.removeprefix("sha256:")[:_SHORT]


def find_icon(session: AnySession, slug: str, *, wanted: str = "") -> ReleaseFile:
    """The icon of a listed app's newest release, or the one whose short digest is `wanted` when the app has had it.

    Raises NotFound when there is no such app.
    """
    icons = (
        select(ReleaseFile)
        .join(Release, Release.id == ReleaseFile.release_id)
        .join(App, App.id == Release.app_id)
        .where(App.slug == slug, App.hidden_at.is_(None), ReleaseFile.path == "icon.svg")
        .options(undefer(ReleaseFile.data))
    )
    found = None
    if wanted:
        known = ReleaseFile.digest.startswith(f"sha256:{wanted}", autoescape=True)
        found = session.scalar(icons.where(known).limit(1))
    found = found or session.scalar(icons.where(Release.id == App.latest_release_id))
    if found is None:
        raise NotFound
    return found


def get_release_file(session: AnySession, release: Release, path: str) -> ReleaseFile:
    """A file of a release by its path in the package. Raises NotFound when it has none there."""
    found = session.scalar(
        select(ReleaseFile)
        .where(ReleaseFile.release_id == release.id, ReleaseFile.path == path)
        .options(undefer(ReleaseFile.data))
    )
    if found is None:
        raise NotFound
    return found


def answer_file(file: ReleaseFile, *, forever: bool) -> Response:
    """The file with headers that keep it from running anything, cached for good when its address names its content."""
    response = Response(file.data, content_type=file.content_type)
    response.headers["Content-Security-Policy"] = SAFE
    response.headers["Cache-Control"] = FOREVER if forever else "public, max-age=300"
    response.headers["Content-Disposition"] = "inline"
    response.set_etag(file.digest)
    return response
