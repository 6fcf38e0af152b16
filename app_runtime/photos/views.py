"""`/<app>/photos/…`: files of records, for whoever may see them."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, request

from app_runtime.photos.services import open_kept_photo, open_record_file
from lumbung.db import db
from lumbung.files import send_stored_file
from lumbung.web.access import PUBLIC, access, current_visitor

photos = Blueprint("photos", __name__, subdomain="portal")


@photos.get("/<slug>/photos/<uuid:record_id>/<uuid:file_id>")
@access(PUBLIC)
def photo(slug: str, record_id: UUID, file_id: UUID) -> Response:
    """A file of a record or its thumbnail; `key` opens those of a tracked record."""
    file, published = open_record_file(
        db.session, current_visitor(), slug, record_id, file_id, key=request.args.get("key")
    )
    response = send_stored_file(file)
    if published:
        # Long enough to page through a list on a slow line, short enough that hiding a photo soon tells.
        response.headers["Cache-Control"] = "private, max-age=300"
    return response


@photos.get("/<slug>/photos/kept/<token>")
@access(PUBLIC)
def kept(slug: str, token: str) -> Response:
    """The thumbnail of a photo that waits in somebody's form."""
    return send_stored_file(open_kept_photo(db.session, token))
