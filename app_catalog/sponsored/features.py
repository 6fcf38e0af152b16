"""Registers what the catalog knows of sponsors."""

from __future__ import annotations

from app_catalog.catalog.sections import add_app_page_section
from app_catalog.sponsored.api import sponsors_api
from app_catalog.sponsored.sections import sponsors_section
from app_catalog.sponsored.targets import Apps, PublishedUse
from lumbung.web.sites import LumbungFlask
from tenants.sponsorships.targets import register_targets
from tenants.sponsorships.use import register_use


def install_sponsored(app: LumbungFlask) -> None:
    """Let apps be sponsored, use be told, and programs ask."""
    register_targets("app", Apps())
    register_use(PublishedUse())
    app.register_blueprint(sponsors_api)
    add_app_page_section(sponsors_section)
