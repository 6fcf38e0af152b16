"""`/track/mine`: what somebody with an account has made, and what waits for their rating."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from app_runtime.drafts.listing import name_drafts
from app_runtime.pages.page_views import private_answer
from app_runtime.satisfaction.asking import code_of_own, list_own
from lumbung.db import db
from lumbung.errors import NotFound
from lumbung.web.access import SIGNED_IN, access, current_visitor

own_records = Blueprint(
    "own_records", __name__, subdomain="portal", url_prefix="/track/mine", template_folder="templates"
)


@own_records.get("")
@access(SIGNED_IN)
def mine() -> Response:
    """The records that I made with my account."""
    account_id = current_visitor().account_id
    own = list_own(db.session, account_id) if account_id else []
    begun = name_drafts(db.session, account_id) if account_id else []
    return private_answer(Response(render_template("satisfaction/mine.html", own=own, begun=begun)))


@own_records.get("/<uuid:record_id>")
@access(SIGNED_IN)
def follow(record_id: UUID) -> AnyResponse:
    """From my own record to the page where I follow and rate it."""
    account_id = current_visitor().account_id
    if account_id is None:
        raise NotFound
    code = code_of_own(db.session, account_id, record_id)
    return private_answer(make_response(redirect(url_for("tracking.show", code=code))))
