"""`POST /api/v1/publishers/<slug>/releases`: publishing from the command line."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

from flask import Blueprint, Response, g, jsonify, request

from app_catalog.definitions.archive import MAX_ARCHIVE
from app_catalog.publishers.models import Publisher
from app_catalog.publishers.tokens import access_by_token
from app_catalog.releases.changing import access_own_app, get_state, promote_release, yank_release
from app_catalog.releases.models import App
from app_catalog.releases.reading import PackageRefused
from app_catalog.releases.submission import Submission, submit_archive
from lumbung.db import db
from lumbung.errors import BadRequest, SignInNeeded
from lumbung.i18n import Text, t, use_language
from lumbung.limits import Limit, spend
from lumbung.web.access import Rule, Visitor, access
from lumbung.web.json_body import sent_json
from lumbung.web.security import csrf
from lumbung.web.sites import url_on_hub
from tenants.accounts.models import Account

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
    maintainer's own signature of the digest; without them the platform signs for the publisher. `?channel=beta` offers
    it to municipalities that chose trial versions only.
    """
    request.max_content_length = MAX_ARCHIVE
    publisher, account = caller(slug)
    outcome = submit_archive(
        db.session,
        publisher,
        request.get_data(),
        account_id=account.id,
        signature=_signature(),
        key_id=request.headers.get("Lumbung-Key"),
        channel=request.args.get("channel", "stable"),
    )
    if isinstance(outcome, PackageRefused):
        return _refusal(outcome), 422
    return _release(outcome)


@releases_api.post("/publishers/<slug>/apps/<app_slug>/<version>/yank")
@access(PUBLISH_TOKEN)
def yank(slug: str, app_slug: str, version: str) -> Response:
    """Yank a version: nobody new gets it, who runs it is told the `reason` of the JSON body. It is never taken back.

    409 when the version is not published, 422 without a reason.
    """
    publisher, account = caller(slug)
    app = access_own_app(db.session, publisher, app_slug)
    body = sent_json()
    reason = body.get("reason") if isinstance(body, dict) else None
    event = yank_release(
        db.session, app, version, account_id=account.id, reason=reason if isinstance(reason, str) else ""
    )
    return jsonify({"app": app.slug, "version": version, "status": "yanked", "reason": event.reason})


@releases_api.post("/publishers/<slug>/apps/<app_slug>/<version>/promote")
@access(PUBLISH_TOKEN)
def promote(slug: str, app_slug: str, version: str) -> Response:
    """Move a version of the beta channel to the stable one. 409 when it is not a published beta, or a pre-release."""
    publisher, account = caller(slug)
    app = access_own_app(db.session, publisher, app_slug)
    promote_release(db.session, app, version, account_id=account.id)
    return jsonify({"app": app.slug, "version": version, "status": "published", "channel": "stable"})


def caller(slug: str) -> tuple[Publisher, Account]:
    """The publisher and the person whose token the request carries."""
    use_language(request.accept_languages.best_match(("id", "en")))
    publisher, account = access_by_token(db.session, _token(), slug=slug)
    g.visitor = Visitor(account_id=account.id, name=account.name, email=account.email)
    spend(UPLOADS, str(account.id))
    return publisher, account


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
    state = get_state(db.session, app, release.version)
    document = {
        "app": app.slug,
        "version": release.version,
        "digest": release.digest,
        "status": state.kind,
        "channel": state.channel,
        "findings": release.report.get("findings", []),
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
