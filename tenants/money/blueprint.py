"""The operators' pages on money; each module of views adds its own."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, current_app, request
from werkzeug.wrappers import Response

from lumbung.errors import SignInNeeded
from lumbung.settings import Settings
from lumbung.web.access import current_visitor

money = Blueprint("money", __name__, url_prefix="/operator/money", subdomain="hub", template_folder="templates")
Page = str | Response | tuple[str, int]


def own_account() -> UUID:
    """The account of the operator who is asking."""
    account_id = current_visitor().account_id
    if account_id is None:
        raise SignInNeeded
    return account_id


def the_settings() -> Settings:
    """The settings of this installation."""
    settings: Settings = current_app.lumbung  # type: ignore[attr-defined]
    return settings


def asked_id(name: str) -> UUID | None:
    """An id of the address's query; None without one, or when it is none."""
    try:
        return UUID(request.args.get(name, ""))
    except ValueError:
        return None
