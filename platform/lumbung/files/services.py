"""Keeping, finding and attaching files of the session's municipality."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import PurePath
from typing import IO
from uuid import UUID

from flask import current_app
from sqlalchemy import ColumnElement, and_, or_, select, update

from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import NotFound
from lumbung.files.disk import FileDisk
from lumbung.files.kinds import HEAD_BYTES, safe_name, settle_content_type
from lumbung.files.models import FileKind, StoredFile
from lumbung.ids import new_id
from lumbung.images import reencode_photo


def store_file(
    session: AnySession,
    *,
    data: bytes | IO[bytes],
    name: str,
    content_type: str,
    kind: FileKind | str,
    uploaded_by: UUID | None = None,
    public: bool = False,
    size_in_pixels: tuple[int, int] | None = None,
    max_bytes: int | None = None,
) -> StoredFile:
    """A new file of the session's municipality. Its bytes are on disk, synced, before the row commits.

    `data` is bytes or a stream that can seek. The kept type is what the bytes show; nothing of `name`
    reaches the disk. The file belongs to nothing until `attach_file`, and is collected a day later if
    nobody does. Raises TooLarge above `max_bytes` (default: the platform's limit), EmptyFile,
    UnsuitableFile, StorageFull, StorageDown, and ValueError when the session belongs to no municipality.
    """
    tenant_id = current_tenant(session)
    if tenant_id is None:
        raise ValueError("A file needs a municipality.")
    stream = io.BytesIO(data) if isinstance(data, bytes) else data
    settled = _settle_type(stream, content_type)
    file_id = new_id()
    key = f"{tenant_id}/{file_id}"
    written = file_disk().write(key, stream, max_bytes=max_bytes or current_app.lumbung.max_upload_bytes)  # type: ignore[attr-defined]
    width, height = size_in_pixels or (None, None)
    file = StoredFile(
        tenant_id=tenant_id,
        id=file_id,
        key=key,
        name=safe_name(name),
        content_type=settled,
        size=written.size,
        sha256=written.sha256,
        kind=FileKind(kind).value,
        width=width,
        height=height,
        uploaded_by=uploaded_by,
        public=public,
    )
    session.add(file)
    session.flush()
    return file


def store_photo(
    session: AnySession,
    data: bytes,
    *,
    name: str = "foto.jpg",
    uploaded_by: UUID | None = None,
    kind: FileKind | str = FileKind.PHOTO,
    public: bool = False,
    max_bytes: int | None = None,
    max_edge: int = 2000,
) -> StoredFile:
    """A photo written anew without metadata, with its thumbnail (`thumbnail_id`), at most `max_edge` pixels
    wide.

    Raises ImageRefused with what the person can do when `data` is no photo, too large or damaged;
    otherwise as `store_file`.
    """
    limit = max_bytes or current_app.lumbung.max_upload_bytes  # type: ignore[attr-defined]
    photo = reencode_photo(data, max_bytes=limit, max_edge=max_edge)
    jpeg_name = f"{PurePath(safe_name(name)).stem}.jpg"
    thumbnail = store_file(
        session,
        data=photo.thumbnail,
        name=jpeg_name,
        content_type="image/jpeg",
        kind=FileKind.THUMBNAIL,
        uploaded_by=uploaded_by,
        public=public,
        size_in_pixels=(photo.thumbnail_width, photo.thumbnail_height),
    )
    stored = store_file(
        session,
        data=photo.data,
        name=jpeg_name,
        content_type=photo.content_type,
        kind=kind,
        uploaded_by=uploaded_by,
        public=public,
        size_in_pixels=(photo.width, photo.height),
    )
    stored.thumbnail_id = thumbnail.id
    session.flush()
    return stored


def find_file(session: AnySession, file_id: UUID) -> StoredFile | None:
    """A file of the session's municipality, or None: also when it is another municipality's."""
    return session.scalars(select(StoredFile).where(StoredFile.id == file_id)).one_or_none()


def get_file(session: AnySession, file_id: UUID) -> StoredFile:
    """A file of the session's municipality. Raises NotFound, also when it is another municipality's."""
    file = find_file(session, file_id)
    if file is None:
        raise NotFound
    return file


def list_files(session: AnySession, subject_type: str, subject_id: object) -> Sequence[StoredFile]:
    """The files attached to one thing in the order in which they came, thumbnails left out."""
    query = (
        select(StoredFile)
        .where(
            StoredFile.subject_type == subject_type,
            StoredFile.subject_id == str(subject_id),
            StoredFile.kind != FileKind.THUMBNAIL,
        )
        .order_by(StoredFile.id)
    )
    return session.scalars(query).all()


def attach_file(session: AnySession, file: StoredFile, subject_type: str, subject_id: object) -> None:
    """From now on the file and its thumbnail belong to this thing and are kept as long as it is.

    Raises NotFound when it belongs to another thing already: nobody may take over others' files by their id.
    """
    subject = (subject_type, str(subject_id))
    if file.subject_type is not None and (file.subject_type, file.subject_id) != subject:
        raise NotFound
    # Asked once more where it is written: two who claim a file at the same moment both found it free.
    free = or_(
        StoredFile.subject_type.is_(None),
        and_(StoredFile.subject_type == subject[0], StoredFile.subject_id == subject[1]),
    )
    _update_with_thumbnail(session, file, free, subject_type=subject[0], subject_id=subject[1])


def detach_file(session: AnySession, file: StoredFile) -> None:
    """The file belongs to nothing any more and is collected."""
    _update_with_thumbnail(session, file, subject_type=None, subject_id=None)


def hide_file(session: AnySession, file: StoredFile, *, hidden: bool = True) -> None:
    """Take a file and its thumbnail out of sight, or show them again."""
    _update_with_thumbnail(session, file, hidden=hidden)


def publish_file(session: AnySession, file: StoredFile, *, public: bool = True) -> None:
    """Let anyone who has the address read a file and its thumbnail, or not any more."""
    _update_with_thumbnail(session, file, public=public)


def open_file(file: StoredFile) -> IO[bytes]:
    """The file's bytes for reading. Raises StorageDown when they cannot be had."""
    return file_disk().open(file.key)


def file_disk() -> FileDisk:
    """The disk of the running application."""
    return FileDisk(current_app.lumbung.files_root)  # type: ignore[attr-defined]


def _update_with_thumbnail(
    session: AnySession, file: StoredFile, *where: ColumnElement[bool], **values: object
) -> None:
    session.flush()
    ids = [file.id] if file.thumbnail_id is None else [file.id, file.thumbnail_id]
    statement = update(StoredFile).where(StoredFile.id.in_(ids), *where).values(**values).returning(StoredFile.id)
    if len(session.execute(statement).all()) != len(ids):
        # Collected or claimed in the meantime: better a clear answer than a record whose photo is gone.
        raise NotFound


def _settle_type(stream: IO[bytes], declared: str) -> str:
    start = stream.tell()
    head = stream.read(HEAD_BYTES)
    stream.seek(start)
    return settle_content_type(head, declared)
