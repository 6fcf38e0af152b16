"""The management's first page says what campaigns still ask of the municipality."""

from __future__ import annotations

from flask import render_template
from markupsafe import Markup

from app_catalog.campaigns.services import list_asked
from lumbung.db.tenancy import AnySession
from tenants.municipalities.models import Municipality


def campaign_notice(session: AnySession, municipality: Municipality | None = None) -> Markup:
    """How many evaluations are still to be handed in, and until when; empty when there are none."""
    waiting = [one for one in list_asked(session) if one.evaluation is None or one.evaluation.status == "draft"]
    if not waiting:
        return Markup()
    return Markup(render_template("campaigns/notice.html", waiting=waiting))  # noqa: S704 - autoescaped.
