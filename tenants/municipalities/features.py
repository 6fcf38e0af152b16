"""Registers municipalities and their set-up with the application: regions, claims, and the pages under `/manage`."""

from __future__ import annotations

from lumbung.i18n import Text
from lumbung.web.access import ADMIN, OPERATOR
from lumbung.web.navigation import Entry, add_navigation
from lumbung.web.sites import LumbungFlask
from tenants.agencies.views import agencies
from tenants.calendars.import_views import calendar_imports
from tenants.calendars.views import calendars
from tenants.municipalities.checklist import register_checklist_item
from tenants.municipalities.claim_views import claims
from tenants.municipalities.first_steps import first_steps
from tenants.municipalities.manage_views import manage
from tenants.municipalities.operator_views import operator
from tenants.municipalities.preparing import install_preparing_page
from tenants.people.management_views import people
from tenants.regions.views import regions

_ENTRIES = (
    Entry(place="hub", href="/regions", text=Text("Daerah", "Regions"), icon="map-pin", order=20),
    Entry(
        place="hub",
        href="/operator/claims",
        text=Text("Pengajuan", "Claims"),
        icon="clipboard-list",
        order=80,
        rule=OPERATOR,
    ),
    Entry(place="manage", href="/manage", text=Text("Beranda", "Overview"), icon="checklist", order=10, rule=ADMIN),
    Entry(place="manage", href="/manage/people", text=Text("Orang", "People"), icon="users", order=30, rule=ADMIN),
    Entry(
        place="manage", href="/manage/agencies", text=Text("Dinas", "Agencies"), icon="sitemap", order=40, rule=ADMIN
    ),
    Entry(
        place="manage",
        href="/manage/calendar",
        text=Text("Kalender", "Calendar"),
        icon="calendar",
        order=50,
        rule=ADMIN,
    ),
    Entry(
        place="manage",
        href="/manage/municipality",
        text=Text("Daerah", "Municipality"),
        icon="building-community",
        order=60,
        rule=ADMIN,
    ),
)


def install_municipalities(app: LumbungFlask) -> None:
    """Register blueprints, navigation, the checklist's first steps and the page of a portal in preparation."""
    for blueprint in (regions, claims, operator, manage, agencies, people, calendars, calendar_imports):
        app.register_blueprint(blueprint)
    add_navigation(*_ENTRIES)(app)
    register_checklist_item(first_steps)
    install_preparing_page(app)
