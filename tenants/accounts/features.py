"""Registers accounts with the application."""

from __future__ import annotations

from lumbung.i18n import Text
from lumbung.web.access import OPERATOR, SIGNED_IN
from lumbung.web.navigation import Entry, add_navigation
from lumbung.web.sites import LumbungFlask
from tenants.accounts.account_views import account_pages
from tenants.accounts.browser_session import install_login
from tenants.accounts.handover_views import arrival, crossing
from tenants.accounts.operator_views import operator_accounts
from tenants.accounts.views import accounts, leaving


def install_accounts(app: LumbungFlask) -> None:
    """Register sign-in, the account's pages and Flask-Login's `current_user`."""
    # The cookie is sent again when a session is touched, and not with every picture.
    app.config["SESSION_REFRESH_EACH_REQUEST"] = False
    install_login(app)
    add_navigation(
        Entry(
            place="account",
            href="/account",
            text=Text("Akun saya", "My account"),
            icon="user",
            order=90,
            rule=SIGNED_IN,
        ),
        Entry(
            place="account",
            href="/operator/accounts",
            text=Text("Akun orang", "People's accounts"),
            icon="users",
            order=85,
            rule=OPERATOR,
        ),
    )(app)
    for blueprint in (accounts, leaving, crossing, arrival, account_pages, operator_accounts):
        app.register_blueprint(blueprint)
