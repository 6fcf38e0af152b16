"""The pages under `/publish`; each module of views adds its own."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint
from werkzeug.wrappers import Response

from lumbung.errors import SignInNeeded
from lumbung.web.access import current_visitor

publishing = Blueprint("publishing", __name__, url_prefix="/publish", subdomain="hub", template_folder="templates")
Page = str | Response | tuple[str, int]


def own_account() -> UUID:
    """The account of who is asking."""
    account_id = current_visitor().account_id
    if account_id is None:
        raise SignInNeeded
    return account_id
