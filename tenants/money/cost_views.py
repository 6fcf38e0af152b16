"""`/operator/money/costs/new`: what the platform spent."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for

from lumbung.db import db
from lumbung.errors import Invalid
from lumbung.i18n import t
from lumbung.money.by_hand import note_cost
from lumbung.money.chart import NAMES, BookAccount
from lumbung.money.periods import today
from lumbung.money.statements import COSTS
from lumbung.money.subjects import check_subject, offer_subjects
from lumbung.web.access import OPERATOR, access
from tenants.money.blueprint import Page, money, own_account
from tenants.money.forms import fresh_key, read_amount, read_key, read_moment, read_subject
from tenants.money.wording import SUBJECT_TYPES


@money.get("/costs/new")
@access(OPERATOR)
def new_cost() -> Page:
    """The form for a cost."""
    return _page({})


@money.post("/costs/new")
@access(OPERATOR)
def add_cost() -> Page:
    """Write it into the books, once for each form that was shown."""
    key, form = read_key(request.form), request.form
    try:
        account, subject = form.get("account", ""), read_subject(form.get("subject", ""))
        check_subject(db.session, subject)
        note_cost(
            db.session,
            account=BookAccount(account) if account in COSTS else BookAccount.BANK,
            amount=read_amount(form.get("amount", "")),
            at=read_moment(form.get("at", ""), "at"),
            subject=subject,
            note=form.get("note", ""),
            by=own_account(),
            key=key,
        )
    except Invalid as error:
        return _page(error.fields), error.status
    flash(t("Biaya sudah dicatat.", "The cost is noted."), "success")
    return redirect(url_for("money.journal", kind="cost"), code=303)


def _page(errors: Mapping[str, list[str]]) -> str:
    groups = [
        (str(SUBJECT_TYPES.get(subject_type, "")), [(f"{subject_type}:{key}", name) for key, name in names.items()])
        for subject_type, names in sorted(offer_subjects(db.session).items(), key=lambda one: one[0] != "platform")
    ]
    return render_template(
        "money/cost.html",
        accounts=[(account.value, str(NAMES[account])) for account in COSTS],
        groups=groups,
        key=fresh_key() if not errors else request.form.get("key", ""),
        today=today(),
        errors=errors,
        typed=request.form,
    )
