"""Cards of apps as markup, kept by all that they show."""

from __future__ import annotations

from typing import Any

from flask import current_app, request
from markupsafe import Markup

from app_catalog.catalog.finding import FoundCard
from lumbung.db.fetching import Kept
from lumbung.i18n import current_language

_kept: Kept[Markup] = Kept()


def app_card(card: FoundCard, choose: str = "", chosen: bool = False) -> Markup:
    """An app in a list. `choose` is the id of a form that compares apps, `chosen` whether this one is ticked in it.

    Nothing in it belongs to one visitor or one answer.
    """
    return _kept.of(
        (card.slug, request.root_path, current_language(), choose, chosen),
        card.says,
        lambda: _render(card, choose, chosen),
    )


def _render(card: FoundCard, choose: str, chosen: bool) -> Markup:
    macros: Any = current_app.jinja_env.get_template("catalog/cards.html").module
    made: Markup = macros.app_card(card.read(), choose, chosen)
    return made
