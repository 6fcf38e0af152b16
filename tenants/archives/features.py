"""Registers archives of municipalities with the application."""

from __future__ import annotations

import tenants.archives.making
import tenants.archives.models  # noqa: F401 - models and handlers are known once imported.
from lumbung.i18n import Text
from lumbung.web.access import ADMIN
from lumbung.web.navigation import Entry, add_navigation
from lumbung.web.sites import LumbungFlask
from tenants.archives.views import archives


def install_archives(app: LumbungFlask) -> None:
    """Register the page and its entry among the administrator's."""
    app.register_blueprint(archives)
    add_navigation(
        Entry(
            place="manage",
            href="/manage/data",
            text=Text("Arsip data", "Data archive"),
            icon="archive",
            order=56,
            rule=ADMIN,
        )
    )(app)
