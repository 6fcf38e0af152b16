"""Registers the retention of personal data."""

from __future__ import annotations

from app_runtime.retention.views import retention
from lumbung.i18n import Text
from lumbung.web.access import ADMIN
from lumbung.web.navigation import Entry, add_navigation
from lumbung.web.sites import LumbungFlask


def install_retention(app: LumbungFlask) -> None:
    """Register the page, its way in, and the daily erasure."""
    app.register_blueprint(retention)
    add_navigation(
        Entry(
            place="manage",
            href="/manage/retention",
            text=Text("Data pribadi", "Personal data"),
            icon="clock-pause",
            order=57,
            rule=ADMIN,
        )
    )(app)
