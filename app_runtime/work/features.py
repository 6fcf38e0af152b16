"""Registers the officials' pages."""

from __future__ import annotations

import app_runtime.work.edit_views
import app_runtime.work.export_views
import app_runtime.work.moderation_views
import app_runtime.work.nik_views
import app_runtime.work.reveal_views  # noqa: F401 - routes are known once imported.
from app_catalog.evaluations.facts import install_facts_source
from app_catalog.reviews.asking import install_use_source
from app_runtime.clocks.views import clock_tests
from app_runtime.figures.facts import RecordFacts
from app_runtime.figures.use import RecordUse
from app_runtime.live.views import live_room
from app_runtime.work.first_report import first_report
from app_runtime.work.views import work
from lumbung.web.sites import LumbungFlask
from tenants.municipalities.checklist import register_checklist_item


def install_work(app: LumbungFlask) -> None:
    """Register the inbox, the pages of records, the deadline test, and the facts for evaluations.

    The portal's frame has the inbox's entry for who is at work here.
    """
    app.register_blueprint(work)
    app.register_blueprint(clock_tests)
    app.register_blueprint(live_room)
    register_checklist_item(first_report)
    install_facts_source(app, RecordFacts())
    install_use_source(app, RecordUse())
