"""Who may see a file of a record."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from app_catalog.installations.services import get_installation
from app_runtime.photos.uploads import read_token
from app_runtime.photos.urls import key_fits
from app_runtime.records.actors import actor_for
from app_runtime.records.reading import access_record_file, find_record
from lumbung.db.tenancy import AnySession
from lumbung.errors import NotFound
from lumbung.files import StoredFile, get_file
from lumbung.web.access import Visitor


def open_record_file(
    session: AnySession, visitor: Visitor, slug: str, record_id: UUID, file_id: UUID, *, key: str | None = None
) -> tuple[StoredFile, bool]:
    """A file (or thumbnail) of a record as this visitor may see it, and whether anybody may.

    Officials see it by their roles, whoever holds a tracking code by `key`. Raises NotFound for everybody else.
    """
    record = find_record(session, record_id)
    if record is None:
        raise NotFound
    installation = get_installation(session, record.installation_id)
    if installation.slug != slug:
        raise NotFound
    actor = actor_for(session, visitor, installation)
    if key and key_fits(key, record):
        actor = replace(actor, tracking_digest=record.tracking_digest)
    if not actor.is_member and actor.tracking_digest is None:
        return access_record_file(session, actor, record_id, file_id), actor.account_id is None
    return access_record_file(session, actor, record_id, file_id), False


def open_kept_photo(session: AnySession, token: str) -> StoredFile:
    """The thumbnail of a photo that waits for its form to be sent. Raises NotFound."""
    kept = read_token(session, token)
    file = get_file(session, kept.file_id) if kept else None
    if file is None or file.thumbnail_id is None:
        raise NotFound
    return get_file(session, file.thumbnail_id)
