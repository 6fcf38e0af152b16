"""Taking actions on records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select

from app_catalog.definitions.model import Action
from app_runtime.checklists.judging import asked_now, asks_verdict
from app_runtime.clocks.firing import catch_up, catch_up_above
from app_runtime.holding.enforcing import hold
from app_runtime.records.actors import Actor
from app_runtime.records.answers import Channel, Files
from app_runtime.records.attachments import attach_files, with_files
from app_runtime.records.change import Change, lock_record, open_change
from app_runtime.records.errors import app_disabled, stale_form
from app_runtime.records.models import Record, RecordHistory
from app_runtime.records.permissions import may_read
from app_runtime.records.running_app import app_of_record
from app_runtime.records.values import field_values
from app_runtime.workflow.permissions import check_action, find_action, why_not
from app_runtime.workflow.settling import settle
from app_runtime.workflow.steps import apply_action, clean_asks
from lumbung.db.tenancy import AnySession
from lumbung.errors import NotFound


def take_action(
    session: AnySession,
    record: Record,
    actor: Actor,
    action_id: str,
    answers: Mapping[str, Any],
    *,
    expected_version: int | None = None,
    files: Files | None = None,
    channel: Channel = "form",
) -> Record:
    """Take an action: checked, answered, moved, noted, with everything that follows from it.

    `expected_version` is the record's `version` when the form was shown; a form is stale when the state changed or
    the same action was taken since, not when anything else happened. `files` are ids of stored files by ask. Raises
    NotFound for a record out of reach; Conflict with `because` `state` (wrong state, stale form, no such action),
    `condition` (condition or time) or `disabled`; Forbidden with `role`; Invalid with `required` or `invalid`.
    """
    change = lock_for_change(session, record, actor)
    action = find_action(change, action_id)
    if expected_version is not None:
        check_fresh(change, expected_version, action)
    check_action(change, action)
    cleaned = clean_asks(change, action, with_files(answers, files), channel=channel)
    for ask in action.asks.values():
        if ask.field.type == "files" and ask.id in cleaned:
            name = ask.sets or ask.id
            attach_files(session, record, {name: ask.field}, {name: cleaned[ask.id]}, channel=channel)
    # An answer at the very instant of the deadline is in time.
    catch_up(change, until=change.at - datetime.resolution)
    # What was due before may have moved the record (a clock's automation): look again.
    check_action(change, action)
    settle(change, apply_action(change, action, cleaned))
    hold(change)
    session.flush()
    return record


def allowed_actions(session: AnySession, record: Record, actor: Actor) -> list[Action]:
    """The actions that the actor could take on the record now, in the order of the definition."""
    app = app_of_record(session, record)
    if app.installation.status != "enabled":
        return []
    change = open_change(app, record, actor.in_app(app.installation.slug))
    change.looking = True
    workflow = change.record_type.workflow
    actions: Sequence[Action] = list(workflow.actions.values()) if workflow else []
    stored = field_values(record, change.record_type)
    return [asked_now(change.record_type, one, stored) for one in actions if one.by and why_not(change, one) is None]


def lock_for_change(session: AnySession, record: Record, actor: Actor) -> Change:
    """The record locked and read anew, ready to be changed by `actor`.

    Raises NotFound when the actor cannot read it, Conflict when its app is disabled.
    """
    locked = lock_record(session, record)
    app = app_of_record(session, locked)
    actor = actor.in_app(app.installation.slug)
    if not may_read(app.record_type(locked.record_type), actor, locked):
        raise NotFound
    if app.installation.status != "enabled":
        raise app_disabled()
    # What this brings about above it must find deadlines as they are, too.
    catch_up_above(session, locked)
    return open_change(app, locked, actor)


def check_fresh(change: Change, expected_version: int, action: Action) -> None:
    """Raise Conflict when the record's state is another than it was at `expected_version`, or when somebody has taken
    this very action since: two answers written at once must not overwrite each other unseen. A verdict is on what was
    seen: anything that came since makes it stale."""
    record = change.record
    if expected_version == record.version:
        return
    state_then = change.session.scalar(
        select(RecordHistory.to_state)
        .where(
            RecordHistory.tenant_id == record.tenant_id,
            RecordHistory.record_id == record.id,
            RecordHistory.sequence <= expected_version,
        )
        .order_by(RecordHistory.sequence.desc())
        .limit(1)
    )
    same_action = and_(RecordHistory.kind == "action", RecordHistory.name == action.id)
    since = RecordHistory.kind.in_(("action", "updated")) if asks_verdict(action) else same_action
    taken_since = change.session.scalar(
        select(RecordHistory.id)
        .where(
            RecordHistory.tenant_id == record.tenant_id,
            RecordHistory.record_id == record.id,
            RecordHistory.sequence > expected_version,
            since,
        )
        .limit(1)
    )
    if state_then != record.state or taken_since is not None:
        raise stale_form()
