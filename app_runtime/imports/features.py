"""Registers imports with the application."""

from __future__ import annotations

from app_runtime.imports.views import imports
from lumbung.i18n import Text
from lumbung.web.access import ADMIN
from lumbung.web.navigation import Entry, add_navigation
from lumbung.web.sites import LumbungFlask


def install_imports(app: LumbungFlask) -> None:
    """Register the pages and their entry among the administrator's."""
    app.register_blueprint(imports)
    add_navigation(
        Entry(
            place="manage",
            href="/manage/data/import",
            text=Text("Impor data", "Import data"),
            icon="upload",
            order=55,
            rule=ADMIN,
        )
    )(app)
