"""What assistance adds to other pages: the first 30 days and hints where a municipality manages an app, progress where
a helper helps, and who helps on the app's page of the catalog."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template
from markupsafe import Markup

from app_catalog.assistance.first_days import first_days, is_shown
from app_catalog.assistance.material import material_of_app
from app_catalog.assistance.models import AssistanceCase
from app_catalog.assistance.whom_to_ask import partners_of_app
from app_catalog.assistance.wording import HELPED_STATES
from app_catalog.catalog.sections import MOST_KEPT, Section, reader_of
from app_catalog.figures.low_use import low_use
from app_catalog.installations.models import Installation
from app_catalog.installations.services import get_installation
from app_catalog.releases.models import App
from lumbung.db.fetching import Kept, compile_rows
from lumbung.db.inside import Row
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


def _say_help(session: AnySession, app: App, answers: Sequence[list[Row]]) -> Markup:
    """What an app's page says of learning it: material, and who is willing to help."""
    return _kept.of(reader_of(app), (app.slug, answers), lambda: _render_help(app, answers))


def _render_help(app: App, answers: Sequence[list[Row]]) -> Markup:
    material, partners = answers
    return Markup(  # noqa: S704 - rendered by an autoescaping template.
        render_template(
            "assistance/section.html",
            app=app,
            material=[one for (one,) in _MATERIAL.read(material)],
            partners=[offer.municipality_name for offer, _ in _PARTNERS.read(partners)],
        )
    )


_MATERIAL = compile_rows(material_of_app())
_PARTNERS = compile_rows(partners_of_app())
_kept: Kept[Markup] = Kept(MOST_KEPT)
help_section = Section(asks=(_MATERIAL, _PARTNERS), say=_say_help)


def progress_of(session: AnySession, case: AssistanceCase) -> Markup:
    """How far the municipality is, for its helper: only while the case is open and only when it agreed to."""
    if not case.shares_progress or case.state not in HELPED_STATES:
        return Markup()
    steps = first_days(session, get_installation(session, case.installation_id))
    return Markup(render_template("assistance/progress.html", steps=steps))  # noqa: S704 - as above.
