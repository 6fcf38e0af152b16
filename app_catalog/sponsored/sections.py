"""Who sponsors an app, on its page, and a municipality, on its region's: one small line."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template
from markupsafe import Markup
from sqlalchemy import Uuid, bindparam, select

from app_catalog.catalog.sections import MOST_KEPT, Section, reader_of
from app_catalog.releases.models import App
from lumbung.db.fetching import Kept, compile_rows
from lumbung.db.inside import Row
from lumbung.db.tenancy import AnySession
from tenants.sponsorships.reading import sponsors_of

_SLUG = select(App.slug).where(App.id == bindparam("app_id", type_=Uuid())).scalar_subquery()
_SPONSORS = compile_rows(sponsors_of("app", _SLUG))
_kept: Kept[Markup] = Kept(MOST_KEPT)


def _say_sponsors(session: AnySession, app: App, answers: Sequence[list[Row]]) -> Markup:
    """Who sponsors the app, and the way to sponsor it; nothing for what is only listed."""
    if app.kind != "package":
        return Markup()
    return _kept.of(reader_of(app), (app.slug, answers), lambda: _render(app, answers[0]))


def _render(app: App, rows: list[Row]) -> Markup:
    names = [name for name, _ in _SPONSORS.read(rows)]
    return Markup(  # noqa: S704 - rendered by an autoescaping template.
        render_template("sponsorships/section.html", sponsors=names, key=f"app:{app.slug}")
    )


sponsors_section = Section(asks=(_SPONSORS,), say=_say_sponsors)
