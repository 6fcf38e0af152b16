"""`/<app>/<board>/…`: the cards again, and the move of one."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app_runtime.boards.moving import move_card
from app_runtime.boards.showing import browse_board
from app_runtime.pages.opening import OpenPage, app_name, open_page
from lumbung.db import db
from lumbung.errors import LumbungError
from lumbung.web.access import MEMBER, PUBLIC, access, current_visitor

boards = Blueprint("boards", __name__, subdomain="portal", template_folder="templates")


@boards.get("/<slug>/<page_id>/cards")
@access(PUBLIC)
def cards(slug: str, page_id: str) -> str:
    """The columns of a board, fetched again while somebody looks."""
    opened = open_page(db.session, current_visitor(), slug, page_id, kind="board")
    return render_template("boards/_columns.html", opened=opened, found=browse_board(opened, request.args))


@boards.post("/<slug>/<page_id>/cards/<uuid:record_id>/<action_id>")
@access(MEMBER)
def move(slug: str, page_id: str, record_id: UUID, action_id: str) -> AnyResponse | tuple[str, int]:
    """Move a card by its action; where that asks something, to its form. What is refused is said above the board."""
    opened = open_page(db.session, current_visitor(), slug, page_id, kind="board")
    outcome = move_card(db.session, current_visitor(), opened, record_id, action_id, request.form)
    if isinstance(outcome, str):
        return redirect(outcome, 303)
    if outcome.refusal is None:
        flash(outcome.told, "success")
        chosen = f"?{urlencode(list(request.args.items(multi=True)))}" if request.args else ""
        return redirect(url_for("pages.page", slug=slug, page_id=page_id) + chosen, 303)
    db.session.rollback()
    again = open_page(db.session, current_visitor(), slug, page_id, kind="board")
    return _refused(again, outcome.refusal)


def _refused(opened: OpenPage, refusal: LumbungError) -> tuple[str, int]:
    shown = render_template(
        "boards/board.html",
        opened=opened,
        name=app_name(opened.app),
        found=browse_board(opened, request.args),
        refusal=refusal,
    )
    return shown, refusal.status
