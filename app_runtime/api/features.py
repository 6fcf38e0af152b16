"""Registers the public interface with the application."""

from __future__ import annotations

from app_runtime.api.views import api
from lumbung.web.sites import LumbungFlask


def install_api(app: LumbungFlask) -> None:
    """Register `/api/v1` of portals."""
    app.register_blueprint(api)
