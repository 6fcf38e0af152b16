"""Registers assistance with the application."""

from __future__ import annotations

from app_catalog.assistance.hub_views import helping_pages
from app_catalog.assistance.material_views import learning
from app_catalog.assistance.partner_views import partnering
from app_catalog.assistance.portal_views import assistance
from app_catalog.assistance.sections import help_section, managed_section
from app_catalog.catalog.sections import add_app_page_section
from app_catalog.installations.page_sections import add_installation_section
from lumbung.i18n import Text
from lumbung.web.access import ADMIN, PUBLISHER, Rule
from lumbung.web.navigation import Entry, add_navigation
from lumbung.web.sites import LumbungFlask

HELPER = Rule("helper", lambda visitor: PUBLISHER.allows(visitor) or ADMIN.allows(visitor))
"""Who may be asked for help: a publisher, and a municipality through its administrators."""


def install_assistance(app: LumbungFlask) -> None:
    """Register the pages of both sides."""
    add_installation_section(managed_section)
    add_app_page_section(help_section)
    for blueprint in (assistance, partnering, helping_pages, learning):
        app.register_blueprint(blueprint)
    add_navigation(
        Entry(
            place="account",
            href="/assistance",
            text=Text("Pendampingan", "Assistance"),
            icon="heart-handshake",
            rule=HELPER,
        ),
    )(app)
