"""`POST /api/v1/publishers/<slug>/releases`: publishing from the command line."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

from flask import Blueprint, Response, g, jsonify, request

from app_catalog.definitions.archive import MAX_ARCHIVE
from app_catalog.publishers.tokens import access_by_token
from app_catalog.releases.models import App
from app_catalog.releases.reading import PackageRefused
from app_catalog.releases.states import newest_event
from app_catalog.releases.submission import Submission, submit_archive
from lumbung.db import db
from lumbung.errors import BadRequest, SignInNeeded
from lumbung.i18n import Text, t, use_language
from lumbung.limits import Limit, spend
from lumbung.web.access import Rule, Visitor, access
from lumbung.web.security import csrf
from lumbung.web.sites import url_on_hub

PUBLISH_TOKEN = Rule("publish-token", lambda visitor: True, needs_account=False)
"""The request carries a publisher's token; it is checked before anything else is read."""
UPLOADS = Limit("package-api", 120, 3600)

releases_api = Blueprint("releases_api", __name__, url_prefix="/api/v1", subdomain="hub")
csrf.exempt(releases_api)


@releases_api.post("/publishers/<slug>/releases")
@access(PUBLISH_TOKEN)
def create_release(slug: str) -> tuple[Response, int]:
    """Publish the zip archive in the body.

    201 for a new release, 200 when this very content is there already, 422 with every problem, 409 when the version
    exists with other content. `Lumbung-Key` (`ed25519:…`) and `Lumbung-Signature` (base64 of 64 bytes) carry the
    maintainer's own signature of the digest; without them the platform signs for the publisher.
    """
    use_language(request.accept_languages.best_match(("id", "en")))
    request.max_content_length = MAX_ARCHIVE
    publisher, account = access_by_token(db.session, _token(), slug=slug)
    g.visitor = Visitor(account_id=account.id, name=account.name, email=account.email)
    spend(UPLOADS, str(account.id))
    outcome = submit_archive(
        db.session,
        publisher,
        request.get_data(),
        account_id=account.id,
        signature=_signature(),
        key_id=request.headers.get("Lumbung-Key"),
    )
    if isinstance(outcome, PackageRefused):
        return _refusal(outcome), 422
    return _release(outcome)


def _token() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise SignInNeeded(
            Text(
                "Sertakan token penerbit: Authorization: Bearer lbg_…",
                "Send a publisher's token: Authorization: Bearer lbg_…",
            )
        )
    return token.strip()


def _signature() -> bytes | None:
    written = request.headers.get("Lumbung-Signature")
    if written is None:
        return None
    try:
        return b64decode(written, validate=True)
    except ValueError as error:
        raise BadRequest(Text("Lumbung-Signature bukan base64.", "Lumbung-Signature is not base64.")) from error


def _release(submission: Submission) -> tuple[Response, int]:
    release = submission.release
    app = db.session.get_one(App, release.app_id)
    event = newest_event(db.session, release.id)
    document = {
        "app": app.slug,
        "version": release.version,
        "digest": release.digest,
        "status": event.kind if event else "submitted",
        "created": submission.created,
        "url": url_on_hub("catalog.release_page", slug=app.slug, version=release.version),
    }
    return jsonify(document), 201 if submission.created else 200


def _refusal(refused: PackageRefused) -> Response:
    failed = [result.as_json() for result in refused.scenarios.results] if refused.scenarios else []
    document: dict[str, Any] = {
        "type": "/docs/problems/package-refused",
        "title": t("Paket belum dapat diterbitkan", "The package cannot be published yet"),
        "status": 422,
        "detail": t(
            "{n} masalah di berkas paket; tidak ada yang diterbitkan.",
            "{n} problems in the package's files; nothing was published.",
            n=len(refused.report.errors),
        ),
        "request_id": g.get("request_id", ""),
        "problems": refused.as_json(),
        "scenarios": failed,
    }
    response = jsonify(document)
    response.content_type = "application/problem+json"
    return response
