"""Registers everything of this layer with the application."""

from __future__ import annotations

import app_catalog.evaluations.models
import app_catalog.installations.models
import app_catalog.publishers.models
import app_catalog.releases.models
import app_catalog.reviews.models  # noqa: F401 - models are known once imported.
from app_catalog.installations.views import installations
from lumbung.i18n import Text
from lumbung.web.access import ADMIN
from lumbung.web.navigation import Entry, add_navigation
from lumbung.web.sites import LumbungFlask


def install(app: LumbungFlask) -> None:
    """Register blueprints, commands, navigation and handlers."""
    app.register_blueprint(installations)
    add_navigation(
        Entry(place="manage", href="/manage/apps", text=Text("Aplikasi", "Apps"), icon="apps", order=20, rule=ADMIN)
    )(app)
