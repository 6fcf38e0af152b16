"""`/manage/apps/<app>/clocks`: what will fire when, and whom it reaches."""

from __future__ import annotations

from flask import Blueprint, render_template

from app_catalog.installations.definitions import definition_by_digest
from app_catalog.installations.names import shown_name
from app_catalog.installations.services import access_installation
from app_runtime.clocks.self_test import self_test
from lumbung.db import db, now
from lumbung.web.access import ADMIN, access

clock_tests = Blueprint(
    "clock_tests", __name__, url_prefix="/manage/apps", subdomain="portal", template_folder="templates"
)


@clock_tests.get("/<slug>/clocks")
@access(ADMIN)
def clocks(slug: str) -> str:
    """The self-test of the app's deadlines, for a record made now."""
    installation = access_installation(db.session, slug)
    definition = definition_by_digest(db.session, installation.definition_digest)
    return render_template(
        "clocks/self_test.html",
        slug=slug,
        name=shown_name(installation, definition),
        at=now(),
        tests=self_test(db.session, installation),
    )
