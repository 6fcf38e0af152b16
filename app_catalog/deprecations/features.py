"""Registers what ends with the application."""

from __future__ import annotations

import app_catalog.deprecations.models
import app_catalog.deprecations.telling
import app_catalog.deprecations.views  # noqa: F401 - the module adds its routes to `publishing`.
from app_catalog.catalog.openapi import Operation, register_hub_operation
from app_catalog.deprecations.api import deprecations_api
from app_catalog.deprecations.reading import last_day
from lumbung.i18n import Text
from lumbung.web.sites import LumbungFlask


def install_deprecations(app: LumbungFlask) -> None:
    """Register pages, interface and letters. Before `publishing` is registered, whose routes it adds to."""
    app.register_blueprint(deprecations_api)
    announced = Text("Umumkan akhir dukungan sebuah versi atau aplikasi", "Announce the end of support")
    register_hub_operation("deprecations_api.announce", Operation(announced))
    withdrawn = Text("Cabut akhir dukungan", "Take the end of support back")
    register_hub_operation("deprecations_api.support", Operation(withdrawn))
    app.jinja_env.globals.update(last_day=last_day)
