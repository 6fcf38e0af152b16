"""Registers accounts with the application."""

from __future__ import annotations

from lumbung.web.sites import LumbungFlask
from tenants.accounts.browser_session import install_login


def install_accounts(app: LumbungFlask) -> None:
    """Register sign-in, the account's pages and Flask-Login's `current_user`."""
    # The cookie is sent again when a session is touched, and not with every picture.
    app.config["SESSION_REFRESH_EACH_REQUEST"] = False
    install_login(app)
