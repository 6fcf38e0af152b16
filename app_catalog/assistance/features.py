"""Registers assistance with the application."""

from __future__ import annotations

from app_catalog.assistance.hub_views import helping_pages
from app_catalog.assistance.portal_views import assistance
from lumbung.i18n import Text
from lumbung.web.access import PUBLISHER
from lumbung.web.navigation import Entry, add_navigation
from lumbung.web.sites import LumbungFlask


def install_assistance(app: LumbungFlask) -> None:
    """Register the pages of both sides."""
    for blueprint in (assistance, helping_pages):
        app.register_blueprint(blueprint)
    add_navigation(
        Entry(
            place="account",
            href="/assistance",
            text=Text("Pendampingan", "Assistance"),
            icon="heart-handshake",
            rule=PUBLISHER,
        ),
    )(app)
