"""`/verify`: whether a document that the municipality issued is genuine, for anybody who holds it."""

from __future__ import annotations

from typing import IO

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app_runtime.documents.verifying import UnknownDocument, standing_words, verify_document
from lumbung.codes import normalise
from lumbung.db import db
from lumbung.web.access import PUBLIC, access

documents = Blueprint("documents", __name__, subdomain="portal", url_prefix="/verify", template_folder="templates")


@documents.get("")
@access(PUBLIC)
def ask() -> Response:
    """Ask for the code of a document."""
    return _answer(render_template("documents/ask.html", code="", error=None))


@documents.post("")
@access(PUBLIC)
def look_up() -> AnyResponse:
    """Lead to the document of a code."""
    code = request.form.get("code", "")[:200]
    try:
        found = verify_document(db.session, code)
    except UnknownDocument as error:
        return _unknown(code, error)
    return redirect(url_for("documents.show", code=found.code), 303)


@documents.get("/<code>")
@access(PUBLIC)
def show(code: str) -> Response:
    """Number, date, digest and standing of a document: where its QR code leads."""
    return _show(code, None)


@documents.post("/<code>")
@access(PUBLIC)
def compare(code: str) -> Response:
    """The same, with whether the PDF that was sent is this document, byte for byte. Nothing of it is kept."""
    sent = request.files.get("file")
    return _show(code, sent.stream if sent and sent.filename else None)


def _show(code: str, sent: IO[bytes] | None) -> Response:
    try:
        found = verify_document(db.session, code, sent=sent)
    except UnknownDocument as error:
        return _unknown(code, error)
    asked = request.method == "POST" and sent is None
    shown = render_template("documents/show.html", found=found, words=standing_words(found.standing), none_sent=asked)
    return _answer(shown, 422 if asked else 200)


def _unknown(code: str, error: UnknownDocument) -> Response:
    page = render_template("documents/ask.html", code=normalise(code) or code[:80], error=str(error.message))
    return _answer(page, error.status)


def _answer(page: str, status: int = 200) -> Response:
    response = Response(page, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
