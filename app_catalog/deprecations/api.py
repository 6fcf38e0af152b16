"""Ending the support of a version or an app by a publisher's token."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from app_catalog.deprecations.forms import read_announced_json
from app_catalog.deprecations.models import Deprecation
from app_catalog.deprecations.services import ANNOUNCING, deprecate, withdraw
from app_catalog.releases.api import PUBLISH_TOKEN, caller
from app_catalog.releases.changing import access_own_app
from app_catalog.releases.models import App
from lumbung.db import db
from lumbung.limits import spend
from lumbung.web.access import access
from lumbung.web.json_body import sent_json
from lumbung.web.security import csrf

deprecations_api = Blueprint(
    "deprecations_api", __name__, url_prefix="/api/v1", subdomain="hub", template_folder="templates"
)
csrf.exempt(deprecations_api)


@deprecations_api.post("/publishers/<slug>/apps/<app_slug>/deprecate", defaults={"version": None})
@deprecations_api.post("/publishers/<slug>/apps/<app_slug>/<version>/deprecate")
@access(PUBLISH_TOKEN)
def announce(slug: str, app_slug: str, version: str | None) -> Response:
    """Say until when a version, or the whole app, is supported.

    The JSON body has `reason`, `until` (a day in Jakarta such as 2027-03-31), and `successor_version` (with a `mapping`
    if wished) or `successor_app`. 409 when it is not published or deprecated already, 422 with every mistake,
    429 when too much was announced today.
    """
    publisher, account = caller(slug)
    app = access_own_app(db.session, publisher, app_slug)
    spend(ANNOUNCING, str(publisher.id))
    said = read_announced_json(sent_json())
    made = deprecate(db.session, app, version, said, account_id=account.id)
    return jsonify(_document(app, version, "deprecated", made))


@deprecations_api.post("/publishers/<slug>/apps/<app_slug>/support", defaults={"version": None})
@deprecations_api.post("/publishers/<slug>/apps/<app_slug>/<version>/support")
@access(PUBLISH_TOKEN)
def support(slug: str, app_slug: str, version: str | None) -> Response:
    """Take the end of support back. 404 when none was announced."""
    publisher, _ = caller(slug)
    app = access_own_app(db.session, publisher, app_slug)
    return jsonify(_document(app, version, "supported", withdraw(db.session, app, version)))


def _document(app: App, version: str | None, status: str, about: Deprecation) -> dict[str, Any]:
    document = {"app": app.slug, "status": status, "until": about.supported_until.isoformat(), "reason": about.reason}
    return document if version is None else document | {"version": version}
