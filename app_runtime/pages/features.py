"""Registers the citizens' pages with the application."""

from __future__ import annotations

import app_runtime.pages.downloads
import app_runtime.pages.export_views
import app_runtime.pages.page_views
import app_runtime.pages.portal_views
import app_runtime.pages.record_views  # noqa: F401 - views are known once imported.
from app_runtime.agendas.views import agendas
from app_runtime.boards.views import boards
from app_runtime.dashboards.views import dashboards
from app_runtime.documents.views import documents
from app_runtime.drafts.views import drafts
from app_runtime.joining.views import joining
from app_runtime.naming.views import naming
from app_runtime.pages.blueprint import pages
from app_runtime.photos.views import photos
from app_runtime.satisfaction.views import own_records
from app_runtime.tracking.views import tracking
from lumbung.web.sites import LumbungFlask


def install_pages(app: LumbungFlask) -> None:
    """Register the portal, the pages of apps, tracking and photos."""
    app.register_blueprint(joining)
    app.register_blueprint(tracking)
    app.register_blueprint(own_records)
    app.register_blueprint(drafts)
    app.register_blueprint(documents)
    app.register_blueprint(photos)
    app.register_blueprint(boards)
    app.register_blueprint(dashboards)
    app.register_blueprint(agendas)
    app.register_blueprint(naming)
    app.register_blueprint(pages)
