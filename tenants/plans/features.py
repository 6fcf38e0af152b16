"""Registers plans and limits with the application."""

from __future__ import annotations

import tenants.plans.following  # noqa: F401 - its handler is known once imported.
from lumbung.i18n import Text
from lumbung.web.access import ADMIN, SIGNED_IN
from lumbung.web.navigation import Entry, add_navigation
from lumbung.web.sites import LumbungFlask
from tenants.municipalities.notices import register_operator_section
from tenants.plans.operator_views import limits_section, operator_limits
from tenants.plans.programme_views import programmes
from tenants.plans.usage_views import usage, usage_banner
from tenants.plans.views import plans


def install_plans(app: LumbungFlask) -> None:
    """Register the pages, their entries, and what pages of others show of limits."""
    for blueprint in (plans, programmes, usage, operator_limits):
        app.register_blueprint(blueprint)
    add_navigation(
        Entry(
            place="account",
            href="/me/programmes",
            text=Text("Paket", "Plans"),
            icon="building-community",
            order=60,
            rule=SIGNED_IN,
        ),
        Entry(
            place="manage",
            href="/manage/usage",
            text=Text("Pemakaian", "Usage"),
            icon="chart-bar",
            order=58,
            rule=ADMIN,
        ),
    )(app)
    register_operator_section(limits_section)
    app.jinja_env.globals["usage_banner"] = usage_banner
