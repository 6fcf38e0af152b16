"""Giving a file to a browser in a way that it can do no harm there."""

from __future__ import annotations

from flask import Response, send_file

from lumbung.files.errors import StorageDown
from lumbung.files.kinds import OPAQUE, SAFE_INLINE
from lumbung.files.models import StoredFile
from lumbung.files.services import file_disk

_PDF = "application/pdf"
# A sandbox keeps the browsers' own PDF readers from showing anything, so a PDF goes without one; it cannot
# run script of ours, and everything else is shut.
_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def send_stored_file(file: StoredFile) -> Response:
    """The answer that carries a file: raster images and PDF in place, everything else for saving.

    Whether the visitor may have it is the caller's to decide beforehand. A public file may be kept by any
    cache for an hour, a private one by none. Raises StorageDown when the bytes cannot be had.
    """
    inline = file.content_type in SAFE_INLINE
    path = file_disk().path(file.key).absolute()
    if not path.is_file():
        raise StorageDown
    response: Response = send_file(
        path,
        mimetype=file.content_type if inline else OPAQUE,
        as_attachment=not inline,
        download_name=file.name,
        etag=file.sha256,
        last_modified=file.created_at,
        conditional=True,
    )
    response.headers["Content-Security-Policy"] = _POLICY if file.content_type == _PDF else f"{_POLICY}; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    shared = file.public and not file.hidden
    response.headers["Cache-Control"] = "public, max-age=3600" if shared else "private, no-store"
    return response
