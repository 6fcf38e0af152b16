"""Registers everything of this layer with the application."""

from __future__ import annotations

import app_catalog.assistance.models
import app_catalog.assistance.reminding
import app_catalog.campaigns.models
import app_catalog.carrying
import app_catalog.evaluations.models
import app_catalog.figures.models
import app_catalog.installations.file_views
import app_catalog.installations.models
import app_catalog.installations.told_yanks
import app_catalog.listings.models
import app_catalog.publishers.models
import app_catalog.releases.models
import app_catalog.requests.models
import app_catalog.reviews.models
import app_catalog.spread.noting
import app_catalog.transfers.telling
import app_catalog.wishes.models  # noqa: F401 - models are known once imported.
from app_catalog.assistance.features import install_assistance
from app_catalog.author_guide.views import author_guide
from app_catalog.campaigns.features import install_campaigns
from app_catalog.catalog.features import install_catalog
from app_catalog.catalog.sections import add_app_page_section
from app_catalog.comparison.views import comparing
from app_catalog.deprecations.features import install_deprecations
from app_catalog.evaluations.views import evaluations
from app_catalog.feeds.views import feeds
from app_catalog.figures.views import app_figures, figures_section, open_data
from app_catalog.figures.wording import show_month, show_share
from app_catalog.installations.features import install_installation_hooks
from app_catalog.installations.icons import own_icons
from app_catalog.installations.views import installations
from app_catalog.listings.curator_views import listing_curating
from app_catalog.listings.hub_views import listing_pages
from app_catalog.listings.portal_views import listing_uses
from app_catalog.listings.sections import used_listings
from app_catalog.overlaps.views import overlaps
from app_catalog.regions.sections import asked_things, given_apps
from app_catalog.regions.views import adoption_maps
from app_catalog.requests.api import requests_api
from app_catalog.requests.desk_views import request_desk
from app_catalog.requests.hub_views import request_pages, requests_section
from app_catalog.requests.portal_views import asking
from app_catalog.reviews.asking import review_notice
from app_catalog.reviews.moderation_views import flags, review_curating
from app_catalog.reviews.sections import judgement_section, judgements
from app_catalog.reviews.views import replies, reviews
from app_catalog.sponsored.features import install_sponsored
from app_catalog.spread.views import spread_pages
from app_catalog.transfers.views import transfers
from app_catalog.wishes.hub_views import wish_pages
from app_catalog.wishes.portal_views import wishing
from lumbung.i18n import Text
from lumbung.web.access import ADMIN, CURATOR, EVALUATOR, PUBLISHER
from lumbung.web.navigation import Entry, add_navigation
from lumbung.web.sites import LumbungFlask
from tenants.municipalities.notices import register_overview_notice
from tenants.regions.sections import register_region_section


def install(app: LumbungFlask) -> None:
    """Register blueprints, commands, navigation and handlers."""
    install_deprecations(app)
    install_catalog(app)
    install_installation_hooks()
    judging = (evaluations, reviews, replies, judgements, flags, review_curating)
    asked = (asking, request_pages, request_desk, requests_api)
    for blueprint in (
        author_guide,
        installations,
        own_icons,
        listing_pages,
        listing_uses,
        listing_curating,
        *judging,
        *asked,
        app_figures,
        open_data,
        comparing,
        feeds,
        overlaps,
        wish_pages,
        wishing,
        adoption_maps,
    ):
        app.register_blueprint(blueprint)
    install_assistance(app)
    install_campaigns(app)
    for blueprint in (transfers, spread_pages):
        app.register_blueprint(blueprint)
    register_overview_notice(review_notice)
    register_region_section(given_apps)
    register_region_section(asked_things)
    register_region_section(used_listings)
    add_app_page_section(figures_section)
    add_app_page_section(judgement_section)
    add_app_page_section(requests_section)
    install_sponsored(app)
    app.jinja_env.globals.update(show_month=show_month, show_share=show_share)
    add_navigation(
        Entry(place="manage", href="/manage/apps", text=Text("Aplikasi", "Apps"), icon="apps", order=20, rule=ADMIN),
        Entry(
            place="manage",
            href="/manage/evaluations",
            text=Text("Evaluasi", "Evaluations"),
            icon="clipboard-list",
            order=70,
            rule=EVALUATOR,
        ),
        Entry(place="hub", href="/wishes", text=Text("Keinginan", "Wishes"), icon="bulb", order=25),
        Entry(
            place="manage",
            href="/manage/wishes",
            text=Text("Keinginan", "Wishes"),
            icon="bulb",
            order=75,
            rule=EVALUATOR,
        ),
        Entry(
            place="account",
            href="/publish/replies",
            text=Text("Penilaian dan jawaban", "Judgements and replies"),
            icon="message",
            rule=PUBLISHER,
        ),
        Entry(
            place="account",
            href="/curator/listings",
            text=Text("Daftar yang dikeluarkan", "Listings kept out"),
            icon="list",
            order=74,
            rule=CURATOR,
        ),
        Entry(
            place="account",
            href="/curator/reviews",
            text=Text("Ulasan yang dilaporkan", "Flagged reviews"),
            icon="flag",
            order=73,
            rule=CURATOR,
        ),
        Entry(
            place="account",
            href="/curator/wishes",
            text=Text("Keinginan yang disembunyikan", "Hidden wishes"),
            icon="bulb",
            order=74,
            rule=CURATOR,
        ),
        Entry(
            place="account",
            href="/curator/overlaps",
            text=Text("Aplikasi yang serupa", "Apps that do the same"),
            icon="versions",
            order=74,
            rule=CURATOR,
        ),
    )(app)
