"""Registers what operators see of the running platform."""

from __future__ import annotations

import app_runtime.operations.measuring  # noqa: F401 - its readers are known once imported.
from app_runtime.operations.views import operations
from lumbung.i18n import Text
from lumbung.web.access import OPERATOR
from lumbung.web.navigation import Entry, add_navigation
from lumbung.web.sites import LumbungFlask


def install_operations(app: LumbungFlask) -> None:
    """Register the operators' page and its way in."""
    app.register_blueprint(operations)
    add_navigation(
        Entry(
            place="account",
            href="/operator/health",
            text=Text("Kesehatan platform", "Platform health"),
            icon="chart-bar",
            order=74,
            rule=OPERATOR,
        )
    )(app)
