"""`/manage/usage`: what the municipality uses of its limits; and the line above every page under `/manage`."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from lumbung.db import current_tenant, db
from lumbung.i18n import t
from lumbung.web.access import ADMIN, access
from tenants.municipalities.services import own_municipality
from tenants.plans.catalogue import MEASURES, PLANS, Resource
from tenants.plans.members import leave_programme
from tenants.plans.standing import standing_of
from tenants.plans.thresholds import list_warnings
from tenants.plans.usage import uses_of

usage = Blueprint("usage", __name__, url_prefix="/manage/usage", subdomain="portal", template_folder="templates")
Page = str | AnyResponse | tuple[str, int]


@usage.get("")
@access(ADMIN)
def index() -> Page:
    """Bars, limits, whose programme, and what stops when something is full."""
    municipality = own_municipality(db.session)
    standing = standing_of(db.session, municipality.id)
    return render_template(
        "plans/usage.html",
        municipality=municipality,
        standing=standing,
        plan=PLANS[standing.plan],
        uses=uses_of(db.session, standing),
        measures=MEASURES,
    )


@usage.post("/leave")
@access(ADMIN)
def leave() -> Page:
    """Leave the programme, by one's own wish."""
    leave_programme(db.session)
    flash(t("Daerah Anda sudah keluar dari program.", "Your municipality has left the programme."), "success")
    return redirect(url_for("usage.index"), 303)


def usage_banner() -> Markup:
    """What is getting full, for administrators on pages under `/manage`; empty for everybody else and elsewhere."""
    tenant_id = current_tenant(db.session)
    asked = request.path.startswith("/manage") and "tenant_admin" in g.visitor.roles
    if tenant_id is None or not asked or request.endpoint == "usage.index":
        return Markup()
    warnings = list_warnings(db.session, tenant_id)
    if not warnings:
        return Markup()
    shown = [(MEASURES[Resource(one.resource)].name, one.level) for one in warnings]
    return Markup(render_template("plans/_banner.html", shown=shown))  # noqa: S704 - a template, escaped by itself.
