"""Moving a card: taking the action, once, as from the page of the record."""

from __future__ import annotations

from uuid import UUID

from werkzeug.datastructures import FileStorage, MultiDict

from app_runtime.boards.moves import moves_of
from app_runtime.pages.opening import OpenPage
from app_runtime.work.acting import Outcome, act
from app_runtime.work.choices import find_mine
from app_runtime.work.reach import access_work
from lumbung.db.tenancy import AnySession
from lumbung.errors import NotFound
from lumbung.web.access import Visitor

_NO_FILES: MultiDict[str, FileStorage] = MultiDict()


def move_card(
    session: AnySession,
    visitor: Visitor,
    opened: OpenPage,
    record_id: UUID,
    action_id: str,
    form: MultiDict[str, str],
) -> Outcome | str:
    """What came of the move, or the address of the form that the action asks for first.

    Raises NotFound for a record that is not this person's work or of another type, and for what moves no card.
    """
    work = access_work(session, visitor, opened.slug, record_id)
    action = find_mine(work, action_id)
    if action is None or action.to is None or work.record.record_type != opened.record_type.id:
        raise NotFound
    offered = moves_of(work.app.definition, work.record, work.actor, slug=opened.slug)
    form_first = next((move.href for move in offered if move.action == action_id and move.href), "")
    if form_first:
        return form_first
    return act(session, work, action_id, form, _NO_FILES)
