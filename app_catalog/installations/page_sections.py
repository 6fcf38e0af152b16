"""Sections that other features add to the management page of an app (the first 30 days, hints)."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from app_catalog.installations.models import Installation
from lumbung.db.tenancy import AnySession

Section = Callable[[AnySession, Installation], Markup]
"""Rendered markup for an installation of the session's municipality, empty when there is nothing to say."""

_sections: list[Section] = []


def add_installation_section(section: Section) -> None:
    """Show `section` on every app's management page; adding the same one again changes nothing."""
    if section not in _sections:
        _sections.append(section)


def installation_sections(session: AnySession, installation: Installation) -> list[Markup]:
    """The markup of all sections that have something to say."""
    return [markup for section in _sections if (markup := section(session, installation))]
