"""`/operator/health`: how the platform fares, for operators."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, current_app, render_template

from app_runtime.operations.overview import read_overview
from lumbung.db import db
from lumbung.web.access import OPERATOR, access
from lumbung.web.sites import LumbungFlask

operations = Blueprint("operations", __name__, url_prefix="/operator", subdomain="hub", template_folder="templates")


@operations.get("/health")
@access(OPERATOR)
def health() -> str:
    """Queue, clocks, storage, versions, and the doctor's findings, as of now."""
    settings = cast(LumbungFlask, current_app).lumbung
    overview = read_overview(db.session, settings)
    return render_template("operations/health.html", overview=overview)
