"""`/apps/compare`: up to four apps side by side, for everybody."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from app_catalog.comparison.services import MOST, compare_apps
from lumbung.db import db
from lumbung.web.access import PUBLIC, access

comparing = Blueprint("comparing", __name__, subdomain="hub", template_folder="templates")


@comparing.get("/apps/compare")
@access(PUBLIC)
def page() -> str:
    """The chosen apps (`app`, several times) side by side."""
    chosen = request.args.getlist("app")
    return render_template(
        "comparison/page.html", found=compare_apps(db.session, chosen), most=MOST, too_many=len(set(chosen)) > MOST
    )
