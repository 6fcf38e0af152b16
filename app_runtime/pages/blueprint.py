"""The portal's blueprint, closed to the public while the municipality is being prepared."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from lumbung.web.access import current_visitor
from lumbung.web.sites import current_municipality
from tenants.municipalities.services import is_open

Answer = str | tuple[str, int]
pages = Blueprint("pages", __name__, subdomain="portal", template_folder="templates")


def show_preparing() -> Answer | None:
    """A friendly word in place of everything, until the municipality opens; who works there sees the portal."""
    municipality = current_municipality()
    if is_open(municipality) or current_visitor().membership_id is not None:
        return None
    return render_template("pages/preparing.html", municipality=municipality), 200 if request.path == "/" else 404


pages.before_request(show_preparing)
