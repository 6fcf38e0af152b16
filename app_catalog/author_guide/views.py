"""`/docs/guide`: how an app is written, on one page, so that the browser's own search finds everything."""

from __future__ import annotations

from flask import Blueprint, render_template

from app_catalog.author_guide.rendering import chapters_of, guide_in
from lumbung.i18n import current_language
from lumbung.web.access import PUBLIC, access

author_guide = Blueprint("author_guide", __name__, subdomain="hub", template_folder="templates")


@author_guide.get("/docs/guide")
@access(PUBLIC)
def page() -> str:
    """The author guide with its contents."""
    guide = guide_in(current_language())
    return render_template("author_guide/guide.html", guide=guide, chapters=chapters_of(guide))
