"""Erasing one's own draft."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from app_runtime.drafts.services import erase_draft
from lumbung.db import db
from lumbung.errors import NotFound
from lumbung.i18n import t
from lumbung.web.access import SIGNED_IN, access, current_visitor

drafts = Blueprint("drafts", __name__, subdomain="portal", url_prefix="/track/mine/drafts")


@drafts.post("/<uuid:draft_id>/delete")
@access(SIGNED_IN)
def erase(draft_id: UUID) -> AnyResponse:
    """Erase a draft of mine, with its files."""
    account_id = current_visitor().account_id
    if account_id is None:
        raise NotFound
    erase_draft(db.session, account_id, draft_id)
    flash(t("Draf dihapus.", "The draft was deleted."), "success")
    return redirect(url_for("own_records.mine"), 303)
