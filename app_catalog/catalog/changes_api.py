"""`GET /api/v1/apps/<slug>/releases/<version>/changes` on the hub: differences between versions, for programs."""

from __future__ import annotations

import json
from hashlib import sha256

from flask import Blueprint, Response, request

from app_catalog.catalog.changes import get_changes
from app_catalog.catalog.files import FOREVER
from lumbung.db import db
from lumbung.web.access import PUBLIC, access, current_visitor, for_programs

changes_api = Blueprint("changes_api", __name__, url_prefix="/api/v1", subdomain="hub")


@changes_api.get("/apps/<slug>/releases/<version>/changes")
@access(PUBLIC)
@for_programs()
def changes(slug: str, version: str) -> Response:
    """What a published version brings after `from` (the published version before it, without).

    It is true for ever while both are published, so it may be kept for ever.
    """
    since = request.args.get("from") or None
    found = get_changes(db.session, slug, version, since=since, visitor=current_visitor())
    body = json.dumps(found.as_json(), ensure_ascii=False, separators=(",", ":")).encode()
    response = Response(body, mimetype="application/json")
    # Without `from` the address means another version as soon as one is published in between.
    response.headers["Cache-Control"] = FOREVER if found.settled and since else "no-cache"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.set_etag(sha256(body).hexdigest()[:32])
    response.make_conditional(request)
    return response
