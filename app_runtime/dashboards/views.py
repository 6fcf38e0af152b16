"""`/<app>/<dashboard>/figures`: the figures again, while somebody looks."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from app_runtime.dashboards.keeping import recent_dashboard
from app_runtime.pages.opening import open_page
from lumbung.db import db
from lumbung.web.access import PUBLIC, access, current_visitor

dashboards = Blueprint("dashboards", __name__, subdomain="portal", template_folder="templates")


@dashboards.get("/<slug>/<page_id>/figures")
@access(PUBLIC)
def figures(slug: str, page_id: str) -> str:
    """Figures and charts of a dashboard."""
    opened = open_page(db.session, current_visitor(), slug, page_id, kind="dashboard")
    return render_template("dashboards/_figures.html", found=recent_dashboard(opened, request.args))
