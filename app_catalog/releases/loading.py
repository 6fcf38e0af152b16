"""Definitions of releases, verified each time they enter this process."""

from __future__ import annotations

import json
from base64 import b64decode
from collections import OrderedDict
from hashlib import sha256
from threading import Lock
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.orm import undefer

from app_catalog.definitions.canonical import CanonicalError, compile_definition
from app_catalog.definitions.model import Definition
from app_catalog.definitions.signing import Signature, verify_digest
from app_catalog.publishers.keys import fingerprint_of, public_bytes
from app_catalog.publishers.models import SigningKey
from app_catalog.releases.models import Release
from lumbung.db.tenancy import AnySession
from lumbung.errors import LumbungError, NotFound
from lumbung.i18n import Text

log = structlog.get_logger("lumbung.releases")
_KEPT = 256


class ReleaseDamaged(LumbungError):
    """A release in the database is not what its maintainer signed; it is not run."""

    slug = "release-damaged"
    title = Text("Rilis ini rusak", "This release is damaged")
    default = Text(
        "Isi rilis ini tidak sama dengan yang ditandatangani penerbitnya, jadi tidak dijalankan. "
        "Hubungi pengelola platform.",
        "This release is not what its publisher signed, so it is not run. Tell the platform's operator.",
    )


class _Cache:
    """The definitions last used, by release and digest."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = Lock()
        self._kept: OrderedDict[tuple[UUID | None, str], Definition] = OrderedDict()

    def get(self, key: tuple[UUID | None, str]) -> Definition | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: tuple[UUID | None, str], definition: Definition) -> None:
        with self._lock:
            self._kept[key] = definition
            self._kept.move_to_end(key)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()


_cache = _Cache(_KEPT)
# By municipality and digest: which definition a municipality runs is never changed or taken back (append-only).
_pinned = _Cache(16 * _KEPT)


def load_release_definition(session: AnySession, release_id: UUID, *, digest: str | None = None) -> Definition:
    """The compiled definition of a release, its digest recomputed and its signature verified.

    Immutable, kept in this process by release and digest; whoever has read the release's row gives its `digest`. A key
    that was revoked since still verifies. Raises NotFound for an unknown release, ReleaseDamaged when content, digest
    or signature do not fit together.
    """
    digest = digest or session.scalar(select(Release.digest).where(Release.id == release_id))
    if digest is None:
        raise NotFound
    known = _cache.get((release_id, digest))
    if known is not None:
        return known
    definition = verify_release(session, release_id)
    _cache.put((release_id, digest), definition)
    return definition


def verify_release(session: AnySession, release_id: UUID) -> Definition:
    """The definition, verified now whatever is cached; raises as `load_release_definition`."""
    row = session.execute(
        select(Release, SigningKey)
        .join(SigningKey, SigningKey.id == Release.signing_key_id)
        .where(Release.id == release_id)
        .options(undefer(Release.canonical))
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound
    release, key = row
    if f"sha256:{sha256(release.canonical.encode()).hexdigest()}" != release.digest:
        raise _damaged(release, "digest")
    signature = Signature(fingerprint_of(key), b64decode(release.signature))
    if not verify_digest(release.digest, signature, public_bytes(key)):
        raise _damaged(release, "signature")
    try:
        definition = compile_definition(json.loads(release.canonical))
    except (CanonicalError, ValueError) as error:
        raise _damaged(release, "form") from error
    if definition.digest != release.digest or definition.version != release.version:
        raise _damaged(release, "identity")
    return definition


def forget_loaded() -> None:
    """Verify every release again when it is next used."""
    _cache.clear()
    _pinned.clear()


def find_remembered(pinned: tuple[UUID | None, str]) -> Definition | None:
    """What was remembered of a municipality and a digest: a definition that was verified in this process, or None."""
    return _pinned.get(pinned)


def remember(pinned: tuple[UUID | None, str], definition: Definition) -> None:
    """Remember that a municipality runs this verified definition; only what the database said and has committed, or
    rolls back together with all that could name it."""
    _pinned.put(pinned, definition)


def _damaged(release: Release, part: str) -> ReleaseDamaged:
    log.error("release-damaged", release_id=str(release.id), digest=release.digest, part=part)
    return ReleaseDamaged()
