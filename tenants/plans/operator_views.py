"""`/operator/municipalities/<code>/limits`: more for one municipality."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from lumbung.db import as_tenant, db
from lumbung.db.tenancy import AnySession
from lumbung.errors import Invalid
from lumbung.i18n import t
from lumbung.web.access import OPERATOR, access, current_visitor
from tenants.municipalities.models import Municipality
from tenants.municipalities.services import get_by_region
from tenants.plans.catalogue import GB, MEASURES, PLANS, Resource
from tenants.plans.exceptions import give_exception, read_exception
from tenants.plans.standing import standing_of
from tenants.plans.usage import uses_of

operator_limits = Blueprint(
    "operator_limits", __name__, url_prefix="/operator/municipalities", subdomain="hub", template_folder="templates"
)
Page = str | AnyResponse | tuple[str, int]


@operator_limits.get("/<code>/limits")
@access(OPERATOR)
def show(code: str) -> Page:
    """The limits of a municipality and the form to give it more."""
    return _page(get_by_region(db.session, code), None, {})


@operator_limits.post("/<code>/limits")
@access(OPERATOR)
def save(code: str) -> Page:
    """Give it more, or take that back."""
    municipality = get_by_region(db.session, code)
    operator_id = current_visitor().account_id
    assert operator_id is not None
    try:
        limits, reason = read_exception(request.form)
        changed = give_exception(db.session, municipality, limits, reason=reason, operator_id=operator_id)
    except Invalid as error:
        return _page(municipality, request.form, error.fields), 422
    flash(
        t("Batas pemakaian tersimpan.", "The limits are saved.")
        if changed
        else t("Tidak ada yang berubah.", "Nothing was different."),
        "success",
    )
    return redirect(url_for("operator.municipality", code=code), 303)


def limits_section(session: AnySession, municipality: Municipality) -> Markup:
    """The limits of a municipality, for its page among the operators'."""
    shown = _known(session, municipality)
    return Markup(render_template("plans/_operator_limits.html", **shown))  # noqa: S704 - a template, escaped by itself.


def _page(municipality: Municipality, typed: object, errors: object) -> str:
    shown = _known(db.session, municipality)
    if typed is not None:
        shown["values"] = typed
    return render_template("plans/operator_limits.html", **{**shown, "errors": errors})


def _known(session: AnySession, municipality: Municipality) -> dict[str, object]:
    standing = standing_of(session, municipality.id)
    with as_tenant(session, municipality.id):
        uses = uses_of(session, standing)
    given = standing.exception
    values: dict[str, object] = {"reason": given.reason if given else ""}
    for resource in Resource:
        limit = getattr(given, resource) if given else None
        shown = limit // GB if limit and resource == Resource.FILES else limit
        values[resource] = "" if shown is None else shown
    return {
        "municipality": municipality,
        "standing": standing,
        "plan": PLANS[standing.plan],
        "uses": uses,
        "measures": MEASURES,
        "values": values,
        "errors": {},
    }
