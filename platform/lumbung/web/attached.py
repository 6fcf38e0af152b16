"""Answers that carry a paper or a table."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import IO

from flask import Response, request

_PIECE = 64 * 1024


def send_pdf(body: bytes, name: str) -> Response:
    """A PDF to look at or to keep, `name` without its ending."""
    return _answer(body, "application/pdf", f'inline; filename="{name}.pdf"')


def send_csv(body: bytes, name: str) -> Response:
    """A table to keep, `name` without its ending."""
    return _answer(body, "text/csv", f'attachment; filename="{name}.csv"')


def send_long_csv(file: IO[bytes], name: str) -> Response:
    """A long table to keep, sent piece by piece and then closed; `name` without its ending."""
    length = file.tell()
    file.seek(0)
    response = Response(_pieces(file), content_type="text/csv; charset=utf-8")
    response.call_on_close(file.close)
    response.content_length = length
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece


def _answer(body: bytes, mimetype: str, disposition: str) -> Response:
    response = Response(body, mimetype=mimetype)
    response.headers["Content-Disposition"] = disposition
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(sha256(body).hexdigest()[:32])
    response.make_conditional(request)
    return response
