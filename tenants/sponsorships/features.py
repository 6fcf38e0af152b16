"""Registers sponsors with the application: their pages, letters, and how their rows travel."""

from __future__ import annotations

import tenants.sponsorships.letters
import tenants.sponsorships.models  # noqa: F401 - models and handlers are known once imported.
from lumbung.backup.carrying import Carrying, carry
from lumbung.i18n import Text
from lumbung.web.access import SIGNED_IN
from lumbung.web.navigation import Entry, add_navigation
from lumbung.web.sites import LumbungFlask
from tenants.regions.sections import register_region_section
from tenants.sponsorships.operator_views import operator_sponsorships
from tenants.sponsorships.own_views import own_sponsorships
from tenants.sponsorships.programmes import Programmes
from tenants.sponsorships.regions import sponsors_of_region
from tenants.sponsorships.targets import register_targets
from tenants.sponsorships.views import sponsor_pages

_REASON = "Sponsors belong to the platform; a municipality's archive takes along its own data and nobody's payments."
for _table in ("sponsors", "sponsorships", "sponsor_letters"):
    carry(_table, Carrying(reason=_REASON))


def install_sponsorships(app: LumbungFlask) -> None:
    """Register blueprints and navigation."""
    for blueprint in (sponsor_pages, own_sponsorships, operator_sponsorships):
        app.register_blueprint(blueprint)
    register_targets("programme", Programmes())
    register_region_section(sponsors_of_region)
    add_navigation(
        Entry(
            place="hub",
            href="/sponsors",
            text=Text("Sponsor", "Sponsors"),
            icon="heart-handshake",
            order=27,
            # Operators have more in their menu than fits, and a page of their own on sponsors.
            shown=lambda visitor: not visitor.is_operator,
        ),
        Entry(
            place="account",
            href="/me/sponsorships",
            text=Text("Sponsor saya", "My sponsorships"),
            icon="heart-handshake",
            rule=SIGNED_IN,
        ),
    )(app)
