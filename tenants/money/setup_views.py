"""`/operator/money/setup` and `/reconciliation`: going live with Stripe, and whether the books agree with it."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for

from lumbung.db import db
from lumbung.errors import Unavailable
from lumbung.i18n import current_language, show_rupiah, t
from lumbung.limits import Limit, spend
from lumbung.money.asking import somebody_waits
from lumbung.money.errors import StripeRefused
from lumbung.money.gateway import API_VERSION, HUNDREDTHS, find_gateway, the_gateway
from lumbung.money.going_live import WEBHOOK_EVENTS, WEBHOOK_PATH, read_health
from lumbung.money.reconciling import ask_to_reconcile, list_reconciliations
from lumbung.web.access import OPERATOR, access
from lumbung.web.sites import hub_origin
from tenants.money.blueprint import Page, money, own_account, the_settings
from tenants.money.findings import finding_words
from tenants.money.guide import money_guide

_CHECKS = Limit("stripe-checks", size=20, seconds=3600)
"""Questions to Stripe that an operator has asked while waiting for the answer."""


@money.get("/setup")
@access(OPERATOR)
def setup() -> Page:
    """What stands, what is missing, and how to go live."""
    return _setup_page()


@money.post("/setup/check")
@access(OPERATOR)
def check() -> Page:
    """Ask Stripe whether the key works."""
    if find_gateway() is None:
        return _no_key()
    spend(_CHECKS, str(own_account()))
    try:
        with somebody_waits():
            balance = the_gateway().balance()
    except (Unavailable, StripeRefused) as error:
        return _setup_page(trouble=str(error.message)), error.status
    flash(
        t(
            "Stripe menjawab. Saldo di sana: {amount}.",
            "Stripe answers. The balance there: {amount}.",
            amount=show_rupiah(balance // HUNDREDTHS),
        ),
        "success",
    )
    return redirect(url_for("money.setup"), code=303)


@money.get("/reconciliation")
@access(OPERATOR)
def reconciliation() -> Page:
    """The last comparisons, and what was found."""
    return render_template(
        "money/reconciliation.html",
        runs=list_reconciliations(db.session),
        health=read_health(db.session, the_settings()),
        words=finding_words,
    )


@money.post("/reconciliation")
@access(OPERATOR)
def compare() -> Page:
    """Have the worker compare now."""
    if find_gateway() is None:
        return _no_key()
    ask_to_reconcile(db.session)
    flash(
        t(
            "Pembandingan diminta. Muat ulang halaman ini sebentar lagi.",
            "The comparison is asked for. Reload this page in a moment.",
        ),
        "success",
    )
    return redirect(url_for("money.reconciliation"), code=303)


def _no_key() -> Page:
    flash(t("Isi dahulu kunci Stripe.", "Set the key of Stripe first."), "warning")
    return redirect(url_for("money.setup"), code=303)


def _setup_page(trouble: str = "") -> str:
    return render_template(
        "money/setup.html",
        health=read_health(db.session, the_settings()),
        webhook=f"{hub_origin()}{WEBHOOK_PATH}",
        events=WEBHOOK_EVENTS,
        version=API_VERSION,
        guide=money_guide(current_language()),
        trouble=trouble,
    )
