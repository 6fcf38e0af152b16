"""Finding a record by its code, what its reporter may do, and doing it once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from flask import url_for

from app_catalog.definitions.model import Action
from app_runtime.checklists.judging import asked_now
from app_runtime.pages.controls import Control, Typed, controls, labels_of
from app_runtime.pages.done import Deadline, running_deadlines
from app_runtime.pages.opening import find_page
from app_runtime.pages.reading_form import Texts, Uploads, Written, check_form, read_form, read_unsent, sent_answers
from app_runtime.pages.showing import Shown, show_record
from app_runtime.photos.urls import photo_key
from app_runtime.records.actors import Actor
from app_runtime.records.landmarks import keep_landmark
from app_runtime.records.models import Record
from app_runtime.records.reading import find_by_tracking_code
from app_runtime.records.running_app import RunningApp, app_of_record
from app_runtime.records.tracking import tracking_digest
from app_runtime.records.values import field_values
from app_runtime.satisfaction.asking import ShownQuestion, Tried, show_question
from app_runtime.workflow.acting import allowed_actions, take_action
from app_runtime.workflow.asking import Reckoned, find_askable, look_at, may_move, moving_parts, scope_of_asks
from lumbung.codes import is_valid, normalise
from lumbung.db.tenancy import AnySession
from lumbung.errors import Conflict, Forbidden, Invalid, LumbungError
from lumbung.i18n import Text, pick
from lumbung.idempotency import find_result, once
from lumbung.limits import Limit, address_key, spend
from lumbung.web.access import Visitor

LOOKED_UP_FROM_ADDRESS = Limit("tracking-lookups", size=120, seconds=10 * 60)
"""Openings of codes from one address. A code has 60 random bits, so this keeps guessing hopeless with room for the many
who share an address on a mobile network."""

ASKED_FROM_ADDRESS = Limit("tracking-asked", size=600, seconds=10 * 60)
"""Questions from one address about what a form asks now: one for each answer that decides about others."""

NO_CODE = Text(
    "Ini bukan kode lacak, atau ada huruf yang salah ketik. Kode terdiri dari 13 huruf dan angka.",
    "This is no tracking code, or a letter is wrong. A code has 13 letters and digits.",
)
UNKNOWN_CODE = Text(
    "Tidak ada yang cocok dengan kode ini di daerah ini. Periksa lagi kodenya dan alamat portalnya.",
    "Nothing in this municipality matches this code. Check the code and the address of the portal.",
)


class WrongCode(LumbungError):
    """No record has this code; `status` is 422 when it cannot be a code at all."""

    status = 404
    slug = "wrong-code"
    title = Text("Kode tidak ditemukan", "Code not found")


@dataclass(frozen=True)
class Tracked:
    """A record that was opened by its code."""

    record: Record
    app: RunningApp
    actor: Actor
    code: str


@dataclass(frozen=True)
class ActionForm:
    """What the reporter may do: the action and its questions."""

    action: Action
    label: str
    help: str
    controls: list[Control]
    labels: Mapping[str, str]
    errors: Mapping[str, list[str]]
    submission_key: str
    live: Mapping[str, str] | None = None
    sums: Reckoned = field(default_factory=dict)


@dataclass(frozen=True)
class TrackingPage:
    """Everything on the tracking page."""

    tracked: Tracked
    shown: Shown
    deadlines: list[Deadline]
    actions: list[ActionForm]
    question: str
    enabled: bool
    satisfaction: ShownQuestion | None


@dataclass
class Attempt:
    """An action as far as it came: done, or what to show again and why."""

    action_id: str
    submission_key: str
    done: bool = False
    typed: Typed = field(default_factory=Typed)
    written: Written = field(default_factory=Written)
    errors: Mapping[str, list[str]] = field(default_factory=dict)
    refusal: LumbungError | None = None
    status: int = 200


def open_tracked(session: AnySession, visitor: Visitor, code: str, *, limit: Limit | None = None) -> Tracked:
    """The record with this code, however it was typed, for its reporter; disabled apps and closed records too.

    Raises WrongCode (422 for what is no code, else 404), TooMany from an address that opens too many (`limit`).
    """
    spend(limit or LOOKED_UP_FROM_ADDRESS, address_key())
    if not is_valid(code):
        wrong = WrongCode(NO_CODE)
        wrong.status = 422
        raise wrong
    record = find_by_tracking_code(session, code)
    if record is None:
        raise WrongCode(UNKNOWN_CODE)
    actor = Actor(
        kind="resident",
        account_id=visitor.account_id,
        name=visitor.name,
        tracking_digest=tracking_digest(code),
    )
    return Tracked(record, app_of_record(session, record), actor, normalise(code) or code)


def show_tracked(
    session: AnySession, tracked: Tracked, attempt: Attempt | None = None, rating: Tried | None = None
) -> TrackingPage:
    """The tracking page; with an `attempt` or a `rating` that failed, what was typed stands in its form."""
    record, app = tracked.record, tracked.app
    page = find_page(app, "track", record_type=record.record_type)
    only: Sequence[str] | None = page.fields if page is not None and page.fields else None
    shown = show_record(app, record, tracked.actor, only=only, key=photo_key(record))
    return TrackingPage(
        tracked=tracked,
        shown=shown,
        deadlines=running_deadlines(session, app, record),
        actions=[_action_form(tracked, action, attempt) for action in allowed_actions(session, record, tracked.actor)],
        # What an open record waits for the reporter to answer was said in its newest step.
        question=shown.timeline[-1]["text"] if record.open and shown.timeline else "",
        enabled=app.installation.status == "enabled",
        satisfaction=show_question(session, record, rating) if app.installation.status == "enabled" else None,
    )


def attempt_action(session: AnySession, tracked: Tracked, action_id: str, form: Texts, uploads: Uploads) -> Attempt:
    """Take an action of the reporter, once per submission key.

    What stands in the way comes back in the attempt, with what was typed: errors (422), or a refusal with its own
    status. The session is rolled back then, but files that came along stay.
    """
    attempt = Attempt(action_id, _clean_key(form.get("submission_key", "")), typed=Typed(form.to_dict()))
    scope = f"track:{tracked.record.id}:{action_id}"
    if find_result(session, scope, attempt.submission_key) is not None:
        attempt.done = True
        return attempt
    action = _asking(tracked, action_id)
    fields = {ask.id: ask.field for ask in action.asks.values()} if action else {}
    written = read_form(tracked.app, fields.values(), form, uploads, uploaded_by=tracked.actor.account_id)
    attempt.written, attempt.typed, attempt.errors = written, written.typed, written.errors
    if action is not None:
        change = look_at(tracked.app, tracked.record, tracked.actor)
        check_form(tracked.app, fields, written, scope_of_asks(change, action), tracked.actor)
    if written.errors:
        attempt.status = 422
        return attempt
    try:
        once(session, scope, attempt.submission_key, lambda: _take(session, tracked, action_id, form, written))
        attempt.done = True
    except Invalid as error:
        attempt.errors, attempt.status = error.fields, 422
    except (Conflict, Forbidden) as error:
        attempt.refusal, attempt.status = error, error.status
    if not attempt.done:
        session.rollback()
    return attempt


def asked_of_action(tracked: Tracked, action_id: str, form: Texts) -> dict[str, Any]:
    """What the form of an action asks by what stands in it, for the page's script; nothing of it is kept.

    Raises NotFound when the reporter cannot take the action now, Conflict when there is none.
    """
    change = look_at(tracked.app, tracked.record, tracked.actor)
    action = find_askable(change, action_id)
    fields = {ask.id: ask.field for ask in action.asks.values()}
    parts = moving_parts(change, action, sent_answers(read_unsent(tracked.app, fields, form)))
    return parts.told() if parts else {"hidden": [], "needed": [], "sums": {}}


def _take(session: AnySession, tracked: Tracked, action_id: str, form: Texts, written: Written) -> dict[str, Any]:
    seen = form.get("version", "")
    record = take_action(
        session,
        tracked.record,
        tracked.actor,
        action_id,
        written.values,
        expected_version=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else None,
        files={name: ids for name, ids in written.files.items() if ids},
        channel="form",
    )
    for name, text in written.landmarks.items():
        keep_landmark(record, name, text)
    return {"record_id": str(record.id)}


def _asking(tracked: Tracked, action_id: str) -> Action | None:
    kind = tracked.app.record_type(tracked.record.record_type)
    action = kind.workflow.actions.get(action_id) if kind.workflow else None
    return asked_now(kind, action, field_values(tracked.record, kind)) if action is not None else None


def _action_form(tracked: Tracked, action: Action, attempt: Attempt | None) -> ActionForm:
    app = tracked.app
    mine = attempt if attempt is not None and attempt.action_id == action.id else None
    fields = [ask.field for ask in action.asks.values()]
    errors = mine.errors if mine else {}
    parts = None
    if may_move(app.record_type(tracked.record.record_type), action):
        looked = look_at(app, tracked.record, tracked.actor)
        parts = moving_parts(looked, action, sent_answers(mine.written) if mine else {})
    address = url_for("tracking.asked", code=tracked.code, action_id=action.id)
    return ActionForm(
        action=action,
        label=pick(action.label) or action.id,
        help=pick(action.help),
        controls=controls(app, fields, mine.typed if mine else Typed(), errors, parts.asked if parts else None),
        labels=labels_of(fields),
        errors=errors,
        submission_key=mine.submission_key if mine else str(uuid4()),
        live=parts.live(address) if parts else None,
        sums=parts.sums if parts else {},
    )


def _clean_key(sent: str) -> str:
    try:
        return str(UUID(sent))
    except ValueError:
        return str(uuid4())
