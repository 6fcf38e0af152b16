"""Sections that other features add to an app's page (reviews, evaluations)."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from app_catalog.releases.models import App
from lumbung.db.tenancy import AnySession

Section = Callable[[AnySession, App], Markup]

app_page_sections: list[Section] = []
"""Called in order for every app page on the hub; each gives rendered markup, empty when it has nothing to say."""


def add_app_page_section(section: Section) -> None:
    """Show `section` on every app page; adding the same one again changes nothing."""
    if section not in app_page_sections:
        app_page_sections.append(section)


def render_sections(session: AnySession, app: App) -> list[Markup]:
    """The markup of all sections that have something to say about the app."""
    return [markup for section in app_page_sections if (markup := section(session, app))]
