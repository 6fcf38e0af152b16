"""What assistance adds to other pages: the first 30 days and hints where a municipality manages an app, progress where
a helper helps, and who helps on the app's page of the catalog."""

from __future__ import annotations

from flask import render_template
from markupsafe import Markup

from app_catalog.assistance.first_days import first_days, is_shown
from app_catalog.assistance.helpers import list_partners
from app_catalog.assistance.material import list_material
from app_catalog.assistance.models import AssistanceCase
from app_catalog.assistance.wording import HELPED_STATES
from app_catalog.figures.low_use import low_use
from app_catalog.installations.models import Installation
from app_catalog.installations.services import get_installation
from app_catalog.releases.models import App
from lumbung.db.tenancy import AnySession


def managed_section(session: AnySession, installation: Installation) -> Markup:
    """The first 30 days, and what to do where use is low; on the app's management page."""
    steps = first_days(session, installation)
    return Markup(  # noqa: S704 - rendered by an autoescaping template.
        render_template(
            "assistance/managed.html",
            installation=installation,
            steps=steps if is_shown(installation, steps) else [],
            hints=low_use(session, installation),
        )
    )


def help_section(session: AnySession, app: App) -> Markup:
    """What an app's page says of learning it: material, and who is willing to help."""
    return Markup(  # noqa: S704 - rendered by an autoescaping template.
        render_template(
            "assistance/section.html",
            app=app,
            material=list_material(session, app.id),
            partners=[offer.municipality_name for offer, _ in list_partners(session, app.id)],
        )
    )


def progress_of(session: AnySession, case: AssistanceCase) -> Markup:
    """How far the municipality is, for its helper: only while the case is open and only when it agreed to."""
    if not case.shares_progress or case.state not in HELPED_STATES:
        return Markup()
    steps = first_days(session, get_installation(session, case.installation_id))
    return Markup(render_template("assistance/progress.html", steps=steps))  # noqa: S704 - as above.
