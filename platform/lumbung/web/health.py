"""For load balancers: alive, and ready to serve."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from sqlalchemy import text

from lumbung.db import db
from lumbung.web.access import PUBLIC, access
from lumbung.web.sites import BOTH_SITES

health = Blueprint("health", __name__, subdomain=BOTH_SITES)


@health.get("/healthz")
@access(PUBLIC)
def healthz() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@health.get("/readyz")
@access(PUBLIC)
def readyz() -> tuple[Response, int]:
    """The database answers and carries a schema."""
    try:
        db.session.execute(text("SELECT 'public.alembic_version'::regclass"))
    except Exception:
        db.session.rollback()
        return jsonify(status="unavailable"), 503
    return jsonify(status="ready"), 200
