"""The portal's blueprint."""

from __future__ import annotations

from flask import Blueprint

Answer = str | tuple[str, int]
pages = Blueprint("pages", __name__, subdomain="portal", template_folder="templates")
