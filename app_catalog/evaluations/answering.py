"""Answers that carry a paper or a table."""

from __future__ import annotations

from hashlib import sha256

from flask import Response, request


def send_pdf(body: bytes, name: str) -> Response:
    """A PDF to look at or to keep, `name` without its ending."""
    return _answer(body, "application/pdf", f'inline; filename="{name}.pdf"')


def send_csv(body: bytes, name: str) -> Response:
    """A table to keep, `name` without its ending."""
    return _answer(body, "text/csv", f'attachment; filename="{name}.csv"')


def _answer(body: bytes, mimetype: str, disposition: str) -> Response:
    response = Response(body, mimetype=mimetype)
    response.headers["Content-Disposition"] = disposition
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(sha256(body).hexdigest()[:32])
    response.make_conditional(request)
    return response
