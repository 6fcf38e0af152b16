"""Registers everything of this layer with the application."""

from __future__ import annotations

import app_catalog.evaluations.models
import app_catalog.installations.models
import app_catalog.publishers.models
import app_catalog.releases.models
import app_catalog.reviews.models  # noqa: F401 - models are known once imported.
from lumbung.web.sites import LumbungFlask


def install(app: LumbungFlask) -> None:
    """Register blueprints, commands, navigation and handlers."""
