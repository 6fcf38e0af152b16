"""How the hub answers programs."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from flask import Response, json, request


def answer_programs(document: Any) -> Response:
    """JSON with a strong validator, for scripts of any site; 304 to who has it already."""
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    response = Response(body, mimetype="application/json")
    response.headers["Cache-Control"] = "public, no-cache"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "ETag, Link"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.set_etag(sha256(body).hexdigest()[:32])
    response.make_conditional(request)
    return response
