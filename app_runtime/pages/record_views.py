"""`/<app>/<type>/<id>`: a published record, for everybody."""

from __future__ import annotations

from uuid import UUID

from flask import render_template

from app_runtime.joining.views import joining_card
from app_runtime.pages.blueprint import Answer, pages
from app_runtime.pages.opening import ANYBODY, app_name, find_page, open_app
from app_runtime.pages.showing import show_record
from app_runtime.records.reading import access_record
from lumbung.db import db
from lumbung.errors import NotFound
from lumbung.web.access import PUBLIC, access


@pages.get("/<slug>/<record_type>/<uuid:record_id>")
@access(PUBLIC)
def record(slug: str, record_type: str, record_id: UUID) -> Answer:
    """A record as the public may see it; one that is not published, or hidden, is not there."""
    open_app(db.session, slug)
    found, app = access_record(db.session, ANYBODY, record_id, app_slug=slug)
    if found.record_type != record_type:
        raise NotFound
    return render_template(
        "pages/record.html",
        shown=show_record(app, found, ANYBODY),
        name=app_name(app),
        listed=find_page(app, "list", record_type=record_type),
        slug=slug,
        joining=joining_card(app, found),
    )
