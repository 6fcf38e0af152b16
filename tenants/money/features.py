"""Registers the pages of the books with the application."""

from __future__ import annotations

# Each adds its routes to the blueprint when it is imported.
import tenants.money.agreement_views
import tenants.money.cost_views
import tenants.money.journal_views
import tenants.money.payment_views
import tenants.money.setup_views
import tenants.money.statement_views  # noqa: F401
from lumbung.i18n import Text
from lumbung.web.access import OPERATOR
from lumbung.web.navigation import Entry, add_navigation
from lumbung.web.sites import LumbungFlask
from tenants.money.blueprint import money
from tenants.money.receipt_views import receipts


def install_money(app: LumbungFlask) -> None:
    """Register receipts, and the operators' pages on money."""
    app.register_blueprint(receipts)
    app.register_blueprint(money)
    add_navigation(
        Entry(
            place="account",
            href="/operator/money",
            text=Text("Keuangan", "Money"),
            icon="building-bank",
            order=73,
            rule=OPERATOR,
        )
    )(app)
