"""`/plans`: what hosting costs whom, and how a programme begins."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lumbung.db import db
from lumbung.errors import Invalid, NotFound
from lumbung.i18n import t
from lumbung.limits import Limit, spend
from lumbung.money.gateway import find_gateway
from lumbung.web.access import PUBLIC, SIGNED_IN, access, current_visitor
from tenants.answers import Answers
from tenants.plans.catalogue import MEASURES, PLANS, Plan
from tenants.plans.paying import lead_to_checkout
from tenants.plans.programmes import make_programme

plans = Blueprint("plans", __name__, url_prefix="/plans", subdomain="hub", template_folder="templates")
Page = str | AnyResponse | tuple[str, int]
MAKING = Limit("programme-making", 20, 3600)
"""So many forms an hour an account may send, whether Stripe is there or not."""


@plans.get("")
@access(PUBLIC)
def index() -> Page:
    """The plans side by side."""
    return render_template("plans/index.html", plans=PLANS.values(), measures=MEASURES)


@plans.get("/<plan_kind>/new")
@access(SIGNED_IN)
def new(plan_kind: str) -> Page:
    """The form of a new programme."""
    size = request.args.get("size", "")
    return _new_page(_paid_plan(plan_kind), {"size": size}, {})


@plans.post("/<plan_kind>/new")
@access(SIGNED_IN)
def make(plan_kind: str) -> Page:
    """Make a programme, and lead to where it is paid."""
    plan = _paid_plan(plan_kind)
    visitor = current_visitor()
    assert visitor.account_id is not None
    answers = Answers(request.form)
    name = answers.text("name", most=120)
    description = answers.text("description", most=500, optional=True, lines=True)
    size = answers.choice("size", [str(one.municipalities) for one in plan.sizes])
    spend(MAKING, str(visitor.account_id))
    try:
        answers.require_valid()
        programme = make_programme(
            db.session,
            account_id=visitor.account_id,
            kind=plan.kind,
            name=name,
            size=int(size or 0),
            description=description,
        )
    except Invalid as error:
        return _new_page(plan, request.form, error.fields), 422
    if find_gateway() is None:
        flash(
            t("Program tersimpan. Cara membayarnya ada di bawah.", "The programme is kept. How to pay is said below."),
            "success",
        )
        return redirect(url_for("programmes.show", programme_id=programme.id), 303)
    return lead_to_checkout(db.session, programme, email=visitor.email)


def _paid_plan(kind: str) -> Plan:
    """One of the plans that are paid. Raises NotFound."""
    plan = next((plan for plan in PLANS.values() if plan.kind == kind and plan.sizes), None)
    if plan is None:
        raise NotFound
    return plan


def _new_page(plan: Plan, values: object, errors: object) -> str:
    return render_template(
        "plans/new.html",
        plan=plan,
        values=values,
        errors=errors,
        ready=find_gateway() is not None,
    )
