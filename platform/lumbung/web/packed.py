"""Sends built assets in the packed form that the build wrote beside them."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from flask import Flask, Response, request
from werkzeug.security import safe_join


def send_static(app: Flask, filename: str) -> Response:
    """The static file, packed with gzip where the build made that form and the browser takes it.

    Only files of the build are packed: they hold nothing of a person, so their size tells nothing (RFC 9110, 8.4).

    :raises werkzeug.exceptions.NotFound: there is no such file, or its name leads out of the folder
    """
    packed = f"{filename}.gz"
    path = safe_join(str(app.static_folder), packed)
    if path is None or not filename.startswith("build/") or not Path(path).is_file():
        return app.send_static_file(filename)
    if not request.accept_encodings.quality("gzip"):
        response = app.send_static_file(filename)
    else:
        response = app.send_static_file(packed)
        response.mimetype = mimetypes.guess_type(filename)[0] or "application/octet-stream"
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    return response
