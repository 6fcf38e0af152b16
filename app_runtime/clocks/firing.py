"""Clocks that are due: warned, missed, escalated, each step once and in order, however long nobody looked."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app_catalog.definitions.model import Clock, Event, Rung, Send
from app_catalog.installations.models import Installation
from app_runtime.children.family import find_parent, lock_root
from app_runtime.clocks.ladder import next_rung
from app_runtime.clocks.running import FINISHED, WAKEUP, next_moment, wake_for
from app_runtime.holding.enforcing import count_again, holds_anything
from app_runtime.notifications.recipients import resolve_recipients
from app_runtime.notifications.sending import send_escalation, shown_names
from app_runtime.records.actors import SYSTEM
from app_runtime.records.change import Change, open_change
from app_runtime.records.deriving import derive_deadline
from app_runtime.records.models import Record, RecordClock
from app_runtime.records.permissions import read_access
from app_runtime.records.running_app import app_of_record
from app_runtime.workflow.settling import settle, take_and_settle
from lumbung.db import now
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.outbox import periodic, register_wakeup_handler, schedule_wakeup

BATCH = 200
LAST_RUNG = "tenant_admin"
log = structlog.get_logger("app_runtime.clocks")


def fire_due_clocks(session: AnySession, tenant_id: UUID, until: datetime | None = None) -> int:
    """Fire everything that is due by `until` (now) in the session's municipality; returns how many steps there were.

    Steps of a record happen in the order of their times, each with the time it was due at. A record that somebody else
    is changing is looked at again half a minute later; one whose rules fail is logged and does not hold up the others,
    and stays due.
    """
    moment = until or now()
    fired, failed = 0, set[UUID]()
    while due := _due_records(session, tenant_id, moment, without=failed):
        for record_id in due:
            try:
                with session.begin_nested():
                    steps = _fire_record(session, tenant_id, record_id, moment)
            except OperationalError:
                raise
            except Exception as error:
                log.warning("clocks-failed", record=str(record_id), reason=type(error).__name__, exc_info=error)
                steps = 0
            fired += steps
            if steps == 0:
                failed.add(record_id)
    if failed:
        schedule_wakeup(session, WAKEUP, now() + timedelta(seconds=30))
    return fired


def catch_up(change: Change, *, until: datetime | None = None) -> int:
    """Fire what is due on this (locked) record by `until` (the instant of the change); returns how many steps.

    Whoever acts on a record finds its clocks as they are, also when the worker has not looked yet.
    """
    steps = 0
    until = until or change.at
    by_system = Change(change.app, change.record, SYSTEM, change.at, change.clocks, change.old, told=change.told)
    by_system.entries = change.entries
    while (clock := _next_due(change.clocks, until)) is not None:
        assert clock.next_at is not None
        by_system.at = clock.next_at
        by_system.old = by_system.values()
        _fire_step(by_system, clock)
        steps += 1
    if steps:
        derive_deadline(change)
        wake_for(change)
        change.old = change.values()
        change.told, change.counted = by_system.told, None
    return steps


def catch_up_above(session: AnySession, record: Record) -> None:
    """Fire what is due by now on the ancestors of a (locked) record, the first of them first."""
    parent = find_parent(session, record)
    if parent is None:
        return
    catch_up_above(session, parent)
    _catch_up_and_count(open_change(app_of_record(session, parent), parent, SYSTEM))


def _catch_up_and_count(change: Change) -> int:
    steps = catch_up(change)
    if steps and holds_anything(change):
        # What rules refuse was refused step by step; that time has passed is refused by nobody.
        count_again(change)
    change.session.flush()
    return steps


def _due_records(session: AnySession, tenant_id: UUID, until: datetime, *, without: set[UUID]) -> list[UUID]:
    query = (
        select(RecordClock.record_id, RecordClock.next_at)
        .join(Record, (Record.tenant_id == RecordClock.tenant_id) & (Record.id == RecordClock.record_id))
        .join(
            Installation,
            (Installation.tenant_id == Record.tenant_id) & (Installation.id == Record.installation_id),
        )
        .where(
            RecordClock.tenant_id == tenant_id,
            RecordClock.next_at <= until,
            Installation.status == "enabled",
        )
        .order_by(RecordClock.next_at, RecordClock.id)
        .limit(BATCH)
    )
    if without:
        query = query.where(RecordClock.record_id.not_in(without))
    return list(dict.fromkeys(row.record_id for row in session.execute(query)))


def _fire_record(session: AnySession, tenant_id: UUID, record_id: UUID, until: datetime) -> int:
    found = select(Record).where(Record.tenant_id == tenant_id, Record.id == record_id)
    root_id = session.scalar(select(Record.root_id).where(Record.tenant_id == tenant_id, Record.id == record_id))
    if root_id is not None and not lock_root(session, tenant_id, root_id, skip_locked=True):
        return 0
    record = session.scalars(
        found.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    ).one_or_none()
    if record is None:
        return 0
    return _catch_up_and_count(open_change(app_of_record(session, record), record, SYSTEM, at=until))


def _next_due(clocks: list[RecordClock], until: datetime) -> RecordClock | None:
    due = [clock for clock in clocks if clock.next_at is not None and clock.next_at <= until]
    return min(due, key=lambda clock: (clock.next_at, clock.due_at), default=None)


def _fire_step(change: Change, clock: RecordClock) -> None:
    spec = change.record_type.clocks.get(clock.clock)
    if spec is None or clock.state in FINISHED:
        clock.next_at = None
    elif clock.breached_at is not None:
        _climb(change, spec, clock)
    elif clock.warned_at is None and clock.warn_at is not None:
        _warn(change, spec, clock)
    elif spec.is_timer:
        _run_out(change, spec, clock)
    else:
        _breach(change, spec, clock)


def _warn(change: Change, spec: Clock, clock: RecordClock) -> None:
    clock.state, clock.warned_at = "warned", change.at
    clock.next_at = next_moment(change, spec, clock)
    change.note("clock", f"{spec.id}.warned", _late(change))
    settle(change, [Event("clock", spec.id, "warned")])


def _breach(change: Change, spec: Clock, clock: RecordClock) -> None:
    clock.state, clock.breached_at = "breached", clock.due_at
    clock.next_at = next_moment(change, spec, clock)
    access = read_access(change.record_type, "public")
    shown = access is not None and (access.fields is None or "overdue" in access.fields)
    change.note("clock", f"{spec.id}.breached", _late(change), public=shown)
    settle(change, [Event("clock", spec.id, "breached")])
    if spec.then is not None:
        take_and_settle(change, spec.then)


def _run_out(change: Change, spec: Clock, clock: RecordClock) -> None:
    """A timer is over: nothing was missed, and its action is taken."""
    clock.state, clock.met_at, clock.next_at = "met", clock.due_at, None
    change.note("clock", f"{spec.id}.ended", _late(change))
    settle(change, [Event("clock", spec.id, "breached")])
    if spec.then is not None:
        take_and_settle(change, spec.then)


def _climb(change: Change, spec: Clock, clock: RecordClock) -> None:
    """Tell the next rung; whoever cannot be reached makes room for the one above, and above all stands the admin."""
    while (found := next_rung(change.app.calendar, spec, clock)) is not None:
        rung = found[1]
        clock.rungs_done = [*clock.rungs_done, rung.id]
        if _tell(change, spec, rung):
            break
    else:
        if LAST_RUNG not in {rung.to for rung in spec.escalate.values()}:
            send_escalation(change, spec.id, LAST_RUNG, LAST_RUNG, resolve_recipients(change, LAST_RUNG))
    clock.next_at = next_moment(change, spec, clock)


def _tell(change: Change, spec: Clock, rung: Rung) -> bool:
    recipients = resolve_recipients(change, rung.to)
    if rung.after.seconds == 0 and not rung.after.is_working and _told_by_app(change, spec, rung.to):
        # The app's own message about the breach says it already; the history still notes the rung.
        change.note("escalation", f"{spec.id}.{rung.id}", {"to": rung.to, "reached": shown_names(recipients)})
    else:
        send_escalation(change, spec.id, rung.id, rung.to, recipients)
    return bool(recipients)


def _told_by_app(change: Change, spec: Clock, to: str) -> bool:
    breached = Event("clock", spec.id, "breached")
    for automation in change.record_type.automations.values():
        effect = automation.effect
        if breached not in automation.on or not isinstance(effect, Send) or to not in effect.to:
            continue
        condition = automation.when
        if condition is None or change.evaluate(condition, rule=f"automations.{automation.id}.when").holds:
            return True
    return False


def _late(change: Change) -> dict[str, str]:
    """When a step was done, if that was long after it was due: the worker had slept."""
    return {"done_at": now().isoformat()} if now() - change.at > timedelta(minutes=5) else {}


def _answer_wakeup(session: AnySession, tenant_id: UUID) -> None:
    fire_due_clocks(session, tenant_id)


register_wakeup_handler(WAKEUP, _answer_wakeup)


@periodic(300, name="fire-due-clocks")
def _safety_sweep(session: AnySession) -> None:
    tenant_id = current_tenant(session)
    if tenant_id is not None:
        fire_due_clocks(session, tenant_id)
