"""Registers everything of this layer with the application."""

from __future__ import annotations

import app_runtime.clocks.firing
import app_runtime.notifications.writing
import app_runtime.records.models  # noqa: F401 - models and handlers are known once imported.
from lumbung.web.sites import LumbungFlask


def install(app: LumbungFlask) -> None:
    """Register blueprints, commands, navigation and handlers."""
