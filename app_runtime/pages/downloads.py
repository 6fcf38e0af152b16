"""Files of an app's settings that a page gives to whoever may open it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from flask import Response, url_for

from app_catalog.installations.setting_files import files_named, find_setting_file
from app_runtime.pages.blueprint import pages
from app_runtime.pages.opening import OpenPage, open_page
from lumbung.db import db
from lumbung.files import send_stored_file
from lumbung.i18n import pick
from lumbung.web.access import PUBLIC, access, current_visitor


@dataclass(frozen=True, slots=True)
class Download:
    """A file on a page: its name, what it is for, its size in bytes, and where it is."""

    name: str
    label: str
    size: int
    href: str


def page_downloads(opened: OpenPage) -> list[Download]:
    """The files that this page gives, by its settings in their order."""
    app, found = opened.app, []
    for name in opened.page.downloads:
        label = pick(app.definition.settings[name].label)
        for file in files_named(app.session, app.settings.get(name) or ()):
            href = url_for("pages.download", slug=opened.slug, page_id=opened.page.id, file_id=file.id)
            found.append(Download(file.name, label, file.size, href))
    return found


@pages.context_processor
def _given() -> dict[str, Callable[[OpenPage], list[Download]]]:
    return {"page_downloads": page_downloads}


@pages.get("/<slug>/<page_id>/downloads/<uuid:file_id>")
@access(PUBLIC)
def download(slug: str, page_id: str, file_id: UUID) -> Response:
    """A file of a setting that the page names, for whoever may open the page."""
    opened = open_page(db.session, current_visitor(), slug, page_id)
    return send_stored_file(find_setting_file(db.session, opened.app.settings, opened.page.downloads, file_id))
