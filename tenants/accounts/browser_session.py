"""The browser's side of a session: the token in the signed cookie, renewed whenever somebody signs in or out."""

from __future__ import annotations

from uuid import UUID

from flask import current_app, g, session
from flask_login import LoginManager, UserMixin
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from lumbung.web.access import Visitor

_TOKEN = "account"  # noqa: S105 - the name of the entry, not a secret.
_KEPT = ("language",)


class SignedIn(UserMixin):  # type: ignore[misc]
    """The visitor as Flask-Login's `current_user` in templates."""

    def __init__(self, visitor: Visitor) -> None:
        self.id = str(visitor.account_id)
        self.name = visitor.name
        self.email = visitor.email


class _Manager(LoginManager):  # type: ignore[misc]
    def _update_remember_cookie(self, response: Response) -> Response:
        """Leave the answer alone: there is no remember cookie, sessions of ours last by themselves."""
        return response


def install_login(app: object) -> None:
    """Let Flask-Login's `current_user` be the visitor that the request cycle has found."""
    manager = _Manager()
    manager.session_protection = None

    @manager.request_loader  # type: ignore[untyped-decorator]
    def _load(request: object) -> SignedIn | None:
        visitor: Visitor | None = g.get("visitor")
        return SignedIn(visitor) if visitor is not None and visitor.signed_in else None

    manager.init_app(app)


def browser_token() -> str | None:
    """The token that this browser sent, or None."""
    token = session.get(_TOKEN)
    return token if isinstance(token, str) else None


def own_session_id() -> UUID | None:
    """The session in which this browser is signed in on this site, or None."""
    found: UUID | None = g.get("account_session_id")
    return found


def remember_in_browser(token: str, *, language: str | None = None) -> None:
    """Begin the browser's session anew with this token: nothing from before survives but the language."""
    forget_in_browser()
    session[_TOKEN] = token
    session.permanent = True
    session.setdefault("language", language or "id")


def forget_in_browser() -> None:
    """Empty the browser's session; the language stays, the CSRF token does not."""
    kept = {name: session[name] for name in _KEPT if name in session}
    session.clear()
    session.update(kept)
    # A token that was made earlier in this request would outlive the change.
    g.pop(current_app.config["WTF_CSRF_FIELD_NAME"], None)
    generate_csrf()


def prolong_in_browser() -> None:
    """Send the cookie again, so that it lives as long as the session does."""
    session.modified = True
