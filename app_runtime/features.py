"""Registers everything of this layer with the application."""

from __future__ import annotations

import app_runtime.builder.models
import app_runtime.carrying
import app_runtime.clocks.firing
import app_runtime.documents.making
import app_runtime.drafts.models
import app_runtime.exchange.consuming
import app_runtime.holding.models
import app_runtime.indexing.building
import app_runtime.notifications.models
import app_runtime.notifications.writing
import app_runtime.records.models
import app_runtime.schedules.running
import app_runtime.upgrades.automatic
import app_runtime.upgrades.models
import app_runtime.upgrades.running  # noqa: F401 - models and handlers are known once imported.
from app_catalog.assistance.first_days import install_first_use_source
from app_catalog.figures.low_use import install_low_use_source
from app_catalog.figures.publishing import install_figures_source
from app_catalog.installations.page_sections import add_installation_section
from app_catalog.releases.scenarios import install_scenario_runner
from app_runtime.api.features import install_api
from app_runtime.builder.views import builder
from app_runtime.figures.first_use import RecordFirstUse
from app_runtime.figures.hints import UseHints
from app_runtime.figures.keeping import HistoryFigures
from app_runtime.figures.views import managed_figures
from app_runtime.imports.features import install_imports
from app_runtime.indexing.views import index_section
from app_runtime.inventory.views import inventory
from app_runtime.operations.features import install_operations
from app_runtime.pages.features import install_pages
from app_runtime.retention.features import install_retention
from app_runtime.scenarios.runner import EngineRunner
from app_runtime.scenarios.views import own_scenarios, release_scenarios
from app_runtime.upgrades.views import upgrades
from app_runtime.work.features import install_work
from lumbung.web.sites import LumbungFlask


def install(app: LumbungFlask) -> None:
    """Register blueprints, commands, navigation and handlers."""
    install_work(app)
    install_imports(app)
    install_api(app)
    install_operations(app)
    install_pages(app)
    install_retention(app)
    app.register_blueprint(upgrades)
    add_installation_section(index_section)
    app.register_blueprint(inventory)
    app.register_blueprint(managed_figures)
    app.register_blueprint(own_scenarios)
    app.register_blueprint(builder)
    app.register_blueprint(release_scenarios)
    install_figures_source(app, HistoryFigures())
    install_low_use_source(app, UseHints())
    install_first_use_source(app, RecordFirstUse())
    install_scenario_runner(app, EngineRunner())
