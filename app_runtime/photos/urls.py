"""Addresses of photos, and the short-lived keys that open them for whoever holds a tracking code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import current_app, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer

from app_runtime.records.models import Record
from app_runtime.records.presenting import PresentedFile
from lumbung.i18n import t

HOUR = 60 * 60


def photo_items(
    app_slug: str, record_id: UUID, files: Iterable[PresentedFile], *, key: str | None = None
) -> list[dict[str, Any]]:
    """The files of a field as the macro `photos` shows them; `key` is that of `photo_key`."""
    return [
        {
            "url": _url(app_slug, record_id, file.file_id, key),
            # What has no thumbnail is no photo.
            "thumb": _url(app_slug, record_id, file.thumbnail_id, key) if file.thumbnail_id else None,
            "alt": t("Foto {n}", "Photo {n}", n=number) if file.thumbnail_id else t("Berkas {n}", "File {n}", n=number),
        }
        for number, file in enumerate(files, 1)
    ]


def photo_key(record: Record) -> str:
    """What opens the photos of a record to whoever has opened its tracking page, for an hour."""
    return _signer().dumps([str(record.tenant_id), str(record.id)])


def key_fits(key: str, record: Record) -> bool:
    """Whether a key opens this record's photos now."""
    try:
        return bool(_signer().loads(key, max_age=HOUR) == [str(record.tenant_id), str(record.id)])
    except BadSignature:
        return False


def _url(app_slug: str, record_id: UUID, file_id: UUID, key: str | None) -> str:
    return url_for("photos.photo", slug=app_slug, record_id=record_id, file_id=file_id, key=key)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt="lumbung.photos")
