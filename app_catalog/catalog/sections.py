"""Sections that other features add to an app's page (reviews, evaluations)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from flask import request
from markupsafe import Markup

from app_catalog.releases.models import App
from lumbung.db.fetching import Rows
from lumbung.db.inside import Asked, Row
from lumbung.db.tenancy import AnySession
from lumbung.i18n import current_language
from lumbung.web.access import current_visitor

MOST_KEPT = 512
"""Of so many apps and readers what a section has said is kept in a process."""
Say = Callable[[AnySession, App, Sequence[list[Row]]], Markup]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of every app's page: what it asks of the database, for the app that is given as `app_id`, and what it says
    about the rows that each of these gave; nothing when it has nothing to say.

    What all sections ask travels together. A section keeps what it has said for as long as the rows are the same, by
    `reader_of`.
    """

    asks: tuple[Rows, ...]
    say: Say


app_page_sections: list[Section] = []
"""In the order in which they stand on every app page of the hub."""


def add_app_page_section(section: Section) -> None:
    """Show `section` on every app page; adding the same one again changes nothing."""
    if section not in app_page_sections:
        app_page_sections.append(section)


def reader_of(app: App) -> Hashable:
    """Which app's page is read, below what path, in which language, and whether by somebody who is signed in: what
    markup depends on beside the rows that it is made of."""
    return app.id, request.root_path, current_language(), current_visitor().signed_in


def asked_by_sections(app: App) -> list[Asked]:
    """What all sections ask about an app, in their order."""
    return [(rows.asked, {"app_id": app.id}) for section in app_page_sections for rows in section.asks]


def say_sections(session: AnySession, app: App, answers: Sequence[list[Row]]) -> tuple[Markup, ...]:
    """The markup of all sections that have something to say about the app, from the answers to `asked_by_sections`."""
    remaining = iter(answers)
    said = [section.say(session, app, [next(remaining) for _ in section.asks]) for section in app_page_sections]
    return tuple(markup for markup in said if markup)
