"""Registers the officials' pages."""

from __future__ import annotations

from app_runtime.work.views import work
from lumbung.web.sites import LumbungFlask


def install_work(app: LumbungFlask) -> None:
    """Register the inbox and the pages of records; the portal's frame has the entry for who is at work here."""
    app.register_blueprint(work)
