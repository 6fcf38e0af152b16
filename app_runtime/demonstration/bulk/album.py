"""Drawn photos for many reports: each scene is drawn and encoded once, each report has files of its own."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import UUID

from PIL import Image

from app_runtime.demonstration.bulk.life import Life
from app_runtime.demonstration.bulk.rows import insert_rows
from app_runtime.demonstration.scenes import AFTER, BEFORE, draw_scene
from app_runtime.records.attachments import SUBJECT
from app_runtime.records.models import RecordFile
from lumbung.db.tenancy import AnySession
from lumbung.files.models import FileKind, StoredFile
from lumbung.files.services import file_disk
from lumbung.ids import new_id

EDGE = 640
THUMBNAIL_EDGE = 320
STREETS = 3
_DONE = "clean-street"
"""What stands for work done where nothing is drawn for a category of a municipality's own."""
_NAME = "foto.jpg"
_Negative = tuple[str, int, bool]


@dataclass(frozen=True, slots=True)
class _Print:
    """A photo of a report that is to be written."""

    id: UUID
    life: Life
    field: str
    scene: str
    street: int


@dataclass
class Album:
    """Takes photos of reports and writes them with the reports; `left` is how many it still takes."""

    left: int
    _prints: list[_Print] = field(default_factory=list)
    _negatives: dict[_Negative, str] = field(default_factory=dict)

    def take(self, life: Life, moment: str, street: int) -> list[UUID] | None:
        """A photo of the report, `before` or `after`; None when the album is full, or nothing is drawn for what was
        wrong."""
        scene = BEFORE.get(life.category) if moment == "before" else AFTER.get(life.category, _DONE)
        if scene is None or self.left <= 0:
            return None
        self.left -= 1
        name = "photos" if moment == "before" else "after"
        self._prints.append(_Print(new_id(), life, name, scene, street % STREETS))
        return [self._prints[-1].id]

    def write(self, session: AnySession, tenant_id: UUID) -> None:
        """Write files and rows of the photos taken since the last time; their reports are written already."""
        prints, self._prints = self._prints, []
        thumbnails = {found.id: new_id() for found in prints}
        insert_rows(
            session,
            _files(),
            [
                _file(tenant_id, found, thumbnails[found.id], None, thumbnail=True, negatives=self._negatives)
                for found in prints
            ],
        )
        insert_rows(
            session,
            _files(),
            [
                _file(tenant_id, found, found.id, thumbnails[found.id], thumbnail=False, negatives=self._negatives)
                for found in prints
            ],
        )
        insert_rows(session, RecordFile.__table__, _attached(tenant_id, prints, thumbnails))  # type: ignore[arg-type]


def _files() -> Any:
    return StoredFile.__table__


def _file(
    tenant_id: UUID,
    found: _Print,
    file_id: UUID,
    thumbnail_id: UUID | None,
    *,
    thumbnail: bool,
    negatives: dict[_Negative, str],
) -> dict[str, Any]:
    data, width, height = _encoded(found.scene, found.street, THUMBNAIL_EDGE if thumbnail else EDGE)
    key = f"{tenant_id}/{file_id}"
    _keep(key, data, negatives, (found.scene, found.street, thumbnail))
    return {
        "tenant_id": tenant_id,
        "id": file_id,
        "key": key,
        "name": _NAME,
        "content_type": "image/jpeg",
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "kind": (FileKind.THUMBNAIL if thumbnail else FileKind.PHOTO).value,
        "width": width,
        "height": height,
        "thumbnail_id": thumbnail_id,
        "subject_type": SUBJECT,
        "subject_id": str(found.life.id),
        "public": False,
        "hidden": False,
        "created_at": found.life.made_at,
    }


def _attached(tenant_id: UUID, prints: Sequence[_Print], thumbnails: dict[UUID, UUID]) -> list[dict[str, Any]]:
    """Photos that a later one has replaced stay files and are shown no more."""
    return [
        {
            "tenant_id": tenant_id,
            "id": new_id(),
            "record_id": found.life.id,
            "field": found.field,
            "position": 0,
            "file_id": found.id,
            "thumbnail_id": thumbnails[found.id],
            "created_at": found.life.made_at,
        }
        for found in prints
        if found.id in found.life.pictures.get(found.field, ())
    ]


def _keep(key: str, data: bytes, negatives: dict[_Negative, str], negative: _Negative) -> None:
    """Write the bytes of a scene once for each municipality; further photos of it are links to the same bytes, without
    the wait for the disk that hundreds of photos would take. A file is never written twice, so none can spoil another.
    """
    disk, first = file_disk(), negatives.get(negative)
    if first is not None:
        with contextlib.suppress(OSError):
            os.link(disk.path(first), disk.path(key))
            return
    disk.write(key, io.BytesIO(data), max_bytes=len(data))
    negatives[negative] = key


@cache
def _encoded(scene: str, street: int, edge: int) -> tuple[bytes, int, int]:
    with Image.open(io.BytesIO(draw_scene(scene, street))) as picture:
        picture.thumbnail((edge, edge), Image.Resampling.LANCZOS)
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=72)
        return out.getvalue(), picture.width, picture.height
