"""Registers campaigns, the papers of evaluations, and a region's position over the years."""

from __future__ import annotations

import app_catalog.campaigns.tending
import app_catalog.evaluations.file_views  # noqa: F401 - it adds its routes to `evaluations`.
from app_catalog.campaigns.curator_views import curator_campaigns, curator_rubrics
from app_catalog.campaigns.desk_views import campaigns
from app_catalog.campaigns.notice import campaign_notice
from app_catalog.campaigns.publisher_views import publisher_campaigns
from app_catalog.evaluations.positions import positions_section
from lumbung.i18n import Text
from lumbung.web.access import CURATOR
from lumbung.web.navigation import Entry, add_navigation
from lumbung.web.sites import LumbungFlask
from tenants.municipalities.notices import register_overview_notice
from tenants.regions.sections import register_region_section


def install_campaigns(app: LumbungFlask) -> None:
    """Register the pages of campaigns and rubrics, their navigation, and the section of regions."""
    for blueprint in (publisher_campaigns, curator_campaigns, curator_rubrics, campaigns):
        app.register_blueprint(blueprint)
    register_region_section(positions_section)
    register_overview_notice(campaign_notice)
    add_navigation(
        Entry(
            place="account",
            href="/curator/campaigns",
            text=Text("Kampanye evaluasi", "Evaluation campaigns"),
            icon="clipboard-list",
            order=74,
            rule=CURATOR,
        )
    )(app)
