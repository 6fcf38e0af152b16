"""Schedules of automations: every moment comes once, also when nobody looked at its time, for each record.

The municipality's sweep notes an effect for each moment that has passed; the effect does a part of the records and
notes the next part. The outbox knows what was noted (`dedupe_key`), so that nothing comes twice, and tries a part
again that failed. A record whose rules fail is logged and does not hold up the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.exc import OperationalError

from app_catalog.definitions.model import Definition, Event
from app_catalog.definitions.schedules import parse_schedule
from app_catalog.installations.definitions import definitions_in_use
from app_catalog.installations.models import Installation, InstalledDefinition
from app_runtime.children.family import lock_families
from app_runtime.clocks.firing import catch_up
from app_runtime.holding.enforcing import count_again, holds_anything
from app_runtime.records.actors import SYSTEM
from app_runtime.records.change import lock_record, open_change
from app_runtime.records.models import Record
from app_runtime.records.municipal import session_municipality
from app_runtime.records.pinned import on_definitions
from app_runtime.records.reading import find_record
from app_runtime.records.running_app import app_of_record
from app_runtime.workflow.settling import settle
from lumbung.db import now
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.outbox import (
    Effect,
    effect_handler,
    enqueue_effect,
    periodic,
    register_wakeup_handler,
    schedule_wakeup,
)

WAKEUP = "schedules"
EFFECT = "run_schedule"
SCHEDULES = "note-due-schedules"
"""The sweep that notes moments which no wake-up has."""
AT_ONCE = 50
LOOKS_BACK = timedelta(days=35)
"""A worker that slept for longer leaves out what was before; a month is always seen whole."""
log = structlog.get_logger("app_runtime.schedules")

Due = tuple[str, str, datetime]
"""A record type, the name of a schedule, and a moment of it."""


def note_due_schedules(session: AnySession, tenant_id: UUID) -> int:
    """Note every moment of a schedule that has passed and was not noted before, and have the next one looked at.

    Returns how many moments were new. Apps that are switched off let theirs pass by.
    """
    moment, noted, following = now(), 0, list[datetime]()
    zone = ZoneInfo(session_municipality(session).timezone)
    for installation in session.scalars(select(Installation).where(Installation.tenant_id == tenant_id)):
        since = _schedules(session, installation)
        due = in_order(_passed(since, moment, zone))
        keys = {_key(installation, one): one for one in due}
        known = select(Effect.dedupe_key).where(Effect.tenant_id == tenant_id, Effect.dedupe_key.in_(list(keys)))
        before = set(session.scalars(known)) if keys else set()
        for key, (record_type, name, at) in keys.items():
            if key not in before:
                payload = {"installation_id": str(installation.id), "record_type": record_type, "schedule": name}
                enqueue_effect(session, EFFECT, {**payload, "at": at.isoformat()}, dedupe_key=key)
                noted += 1
        following += [parse_schedule(name).next_moment(moment, zone) for _, name in since]
    if following:
        schedule_wakeup(session, WAKEUP, min(following))
    return noted


def run_schedule(
    session: AnySession, installation: Installation, due: Due, *, after: UUID | None = None, limit: int = AT_ONCE
) -> UUID | None:
    """Let a moment of a schedule come for the next records; returns the last of them, None in the end."""
    record_type, name, at = due
    wanted = _wanted(definitions_in_use(session, installation), record_type, name)
    query = select(Record.id).where(
        Record.tenant_id == installation.tenant_id,
        Record.installation_id == installation.id,
        Record.record_type == record_type,
        Record.created_at <= at,
        wanted,
    )
    if after is not None:
        query = query.where(Record.id > after)
    found = list(session.scalars(query.order_by(Record.id).limit(limit)))
    # All at once and before anything else is locked: who holds one of them may wait for a number or a place.
    lock_families(session, installation.tenant_id, found)
    for record_id in found:
        try:
            with session.begin_nested():
                _come(session, record_id, Event("schedule", name), at)
        except OperationalError:
            raise
        except Exception as error:
            # It would hold up all that come after it.
            log.warning("schedule-failed", record=str(record_id), reason=type(error).__name__, exc_info=error)
    session.flush()
    return found[-1] if len(found) == limit else None


def upcoming(definitions: Iterable[Definition], after: datetime, until: datetime, zone: ZoneInfo) -> list[Due]:
    """All moments of all schedules in a span, in their order."""
    found = [
        (record_type, name, at)
        for record_type, name in {pair for one in definitions for pair in schedules_of(one)}
        for at in parse_schedule(name).moments(after, until, zone)
    ]
    return in_order(found)


def in_order(found: Iterable[Due]) -> list[Due]:
    """By their time; those of one minute by the letters of record type and schedule, always and everywhere the same."""
    return sorted(found, key=lambda one: (one[2], one[0], one[1]))


def schedules_of(definition: Definition) -> Iterator[tuple[str, str]]:
    """Every schedule of a definition by its record type."""
    for kind in definition.records.values():
        for automation in kind.automations.values():
            for event in automation.on:
                if event.kind == "schedule":
                    yield kind.id, event.id


def _come(session: AnySession, record_id: UUID, event: Event, at: datetime) -> None:
    record = find_record(session, record_id)
    if record is None:
        return
    locked = lock_record(session, record)
    change = open_change(app_of_record(session, locked), locked, SYSTEM, at=at)
    catch_up(change, until=at)
    settle(change, [event])
    if holds_anything(change):
        count_again(change)


def _wanted(definitions: Iterable[Definition], record_type: str, name: str) -> ColumnElement[bool]:
    """Records whose own definition has the schedule: the open ones, or those in the states that it names."""
    parts: list[ColumnElement[bool]] = []
    for definition in definitions:
        kind = definition.records.get(record_type)
        named = [one for one in kind.automations.values() if Event("schedule", name) in one.on] if kind else []
        if named:
            states = sorted({state for one in named for state in one.states})
            of_open = Record.open if any(not one.states for one in named) else false()
            parts.append(and_(on_definitions([definition.digest]), or_(of_open, Record.state.in_(states))))
    return or_(false(), *parts)


def _schedules(session: AnySession, installation: Installation) -> dict[tuple[str, str], datetime]:
    """Every schedule of an installation with the moment from which it counts: the first version that had it."""
    having = [(one.digest, pair) for one in definitions_in_use(session, installation) for pair in schedules_of(one)]
    if not having:
        return {}
    query = select(InstalledDefinition.digest, InstalledDefinition.created_at).where(
        InstalledDefinition.tenant_id == installation.tenant_id,
        InstalledDefinition.digest.in_({digest for digest, _ in having}),
    )
    since: Mapping[str, datetime] = {row.digest: row.created_at for row in session.execute(query)}
    found: dict[tuple[str, str], datetime] = {}
    for digest, pair in having:
        start = max(installation.enabled_at, since.get(digest, installation.enabled_at))
        found[pair] = min(found.get(pair, start), start)
    return found


def _passed(since: Mapping[tuple[str, str], datetime], until: datetime, zone: ZoneInfo) -> Iterator[Due]:
    for (record_type, name), start in since.items():
        for at in parse_schedule(name).moments(max(start, until - LOOKS_BACK), until, zone):
            yield record_type, name, at


def _key(installation: Installation, due: Due, after: object = "") -> str:
    record_type, name, at = due
    return f"schedule:{installation.id}:{record_type}:{name}:{at.isoformat()}:{after}"


@effect_handler(EFFECT)
def _run(session: AnySession, payload: dict[str, Any]) -> None:
    installation = session.scalar(
        select(Installation).where(
            Installation.tenant_id == current_tenant(session), Installation.id == UUID(payload["installation_id"])
        )
    )
    if installation is None or installation.status != "enabled":
        return
    due = (payload["record_type"], payload["schedule"], datetime.fromisoformat(payload["at"]))
    after = UUID(payload["after"]) if "after" in payload else None
    last = run_schedule(session, installation, due, after=after)
    if last is not None:
        enqueue_effect(session, EFFECT, {**payload, "after": str(last)}, dedupe_key=_key(installation, due, last))


def _answer_wakeup(session: AnySession, tenant_id: UUID) -> None:
    note_due_schedules(session, tenant_id)


register_wakeup_handler(WAKEUP, _answer_wakeup)


@periodic(300, name=SCHEDULES)
def _look(session: AnySession) -> None:
    tenant_id = current_tenant(session)
    if tenant_id is not None:
        note_due_schedules(session, tenant_id)
