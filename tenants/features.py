"""Registers everything of this layer with the application."""

from __future__ import annotations

import tenants.accounts.models
import tenants.agencies.models
import tenants.calendars.models
import tenants.carrying
import tenants.municipalities.models
import tenants.people.models
import tenants.plans.models
import tenants.preferences.models  # noqa: F401 - models are known once imported.
from lumbung.web.sites import LumbungFlask
from tenants.accounts.features import install_accounts
from tenants.archives.features import install_archives
from tenants.money.features import install_money
from tenants.municipalities.features import install_municipalities
from tenants.people.features import install_people
from tenants.plans.features import install_plans
from tenants.preferences.features import install_preferences
from tenants.sponsorships.features import install_sponsorships


def install(app: LumbungFlask) -> None:
    """Register blueprints, commands, navigation and handlers."""
    install_accounts(app)
    install_people(app)
    install_municipalities(app)
    install_archives(app)
    install_plans(app)
    install_preferences(app)
    install_money(app)
    install_sponsorships(app)
