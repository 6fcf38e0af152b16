"""The one place where errors become answers: problem+json (RFC 9457), a page, or a part of a page for htmx."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import structlog
from flask import Response, g, jsonify, make_response, redirect, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError, TimeoutError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from lumbung.audit import record_refusal
from lumbung.db import db
from lumbung.errors import (
    BadRequest,
    Forbidden,
    Invalid,
    LumbungError,
    Misdirected,
    NotFound,
    SignInNeeded,
    TooLarge,
    TooMany,
    Unavailable,
)
from lumbung.i18n import Text, show_span, t
from lumbung.web.access import Identity
from lumbung.web.sites import LumbungFlask, hub_origin, is_local_path

log = structlog.get_logger("lumbung.problems")
_AWAY = (OperationalError, TimeoutError)
"""The database does not answer, or has no connection left for this request."""
_CSRF = Text(
    "Halaman ini terlalu lama terbuka. Muat ulang, lalu kirim lagi; isian Anda masih ada di peramban.",
    "This page was open for too long. Reload it and send again; your answers are still in the browser.",
)


def install_problems(app: LumbungFlask, identity: Identity) -> None:
    """Register the handler on the application, so that unknown addresses are answered by it too."""

    def handle(error: Exception) -> AnyResponse:
        problem = _as_problem(error)
        if problem.status >= 500 and not isinstance(error, LumbungError):
            log.error("unhandled", exc_info=error)
        db.session.rollback()
        if isinstance(problem, SignInNeeded | Forbidden | NotFound):
            record_refusal(problem.slug, endpoint=request.endpoint or "-")
        if isinstance(problem, SignInNeeded) and not _wants_json() and request.method == "GET":
            return redirect(identity.sign_in_url(g.site, request.full_path.rstrip("?")))
        response = make_response(_body(problem, error), problem.status)
        if isinstance(problem, TooMany):
            response.headers["Retry-After"] = str(problem.retry_after)
        if isinstance(problem, Unavailable):
            response.headers["Retry-After"] = "5"
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            response.headers["Allow"] = ", ".join(error.valid_methods)
        if _wants_json():
            response.content_type = "application/problem+json"
        return response

    app.register_error_handler(Exception, handle)


def _as_problem(error: Exception) -> LumbungError:
    if isinstance(error, LumbungError):
        return error
    if isinstance(error, CSRFError):
        return BadRequest(_CSRF)
    if isinstance(error, RequestEntityTooLarge):
        return TooLarge()
    if isinstance(error, HTTPException):
        return _from_http(error)
    if isinstance(error, DataError | UnicodeEncodeError):
        # What no column can hold, a NUL byte or half a character above all, is the sender's mistake.
        return BadRequest()
    if isinstance(error, _AWAY):
        return Unavailable()
    return LumbungError()


def _from_http(error: HTTPException) -> LumbungError:
    status = error.code or 500
    if status == 404:
        return NotFound()
    problem = LumbungError(Text("Permintaan ini tidak dapat dilayani.", "This request cannot be served."))
    problem.status = status
    problem.slug = HTTPStatus(status).phrase.lower().replace(" ", "-")
    problem.title = Text("Permintaan tidak dapat dilayani", HTTPStatus(status).phrase)
    return BadRequest() if status == 400 else problem


def _wants_json() -> bool:
    if request.path.startswith("/api/"):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json", "application/problem+json"])
    return best in {"application/json", "application/problem+json"}


def _body(problem: LumbungError, error: Exception) -> str | Response:
    if _wants_json():
        document: dict[str, Any] = {
            "type": f"/docs/problems/{problem.slug}",
            "title": str(problem.title),
            "status": problem.status,
            "detail": str(problem.message),
            "request_id": g.get("request_id", ""),
        }
        if isinstance(problem, Invalid) and problem.fields:
            document["errors"] = dict(problem.fields)
        return jsonify(document)
    said = {"status": problem.status, "title": str(problem.title), "message": str(problem.message)}
    if isinstance(problem, Misdirected):
        way_on = (f"{hub_origin()}/regions", t("Cari daerah Anda", "Find your municipality"))
        return render_template("alone.html", **said, way_on=way_on)
    part = bool(request.headers.get("HX-Request"))
    if isinstance(error, _AWAY) and not part:
        # Whose a host is, and so its files, nobody can say without the database; this page needs none.
        return render_template("alone.html", **said, way_on=(_this_page(), t("Coba lagi", "Try again")))
    return render_template(
        "error_fragment.html" if part else "error.html",
        **said,
        fields=problem.fields if isinstance(problem, Invalid) else {},
        slug=problem.slug,
        what_next=_what_next(problem),
        wait=show_span(problem.retry_after) if isinstance(problem, TooMany) else None,
    )


def _this_page() -> str:
    page = request.full_path.rstrip("?")
    return page if request.method == "GET" and is_local_path(page) else "/"


def _what_next(problem: LumbungError) -> list[tuple[str, str]]:
    """Where to go from here besides the start page: once more where that can help, else back."""
    if problem.status >= 500 and request.method == "GET":
        return [(_this_page(), t("Coba lagi", "Try again"))]
    before = urlsplit(request.referrer or "")
    back = before.path + (f"?{before.query}" if before.query else "")
    if before.netloc != request.host or not is_local_path(back) or (request.method == "GET" and back == _this_page()):
        return []
    return [(back, t("Kembali ke halaman tadi", "Back to the page before"))]
