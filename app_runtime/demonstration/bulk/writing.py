"""Whole lives of reports as rows: records, history, clocks, numbers, wake-ups."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert

from app_catalog.definitions.model.indexes import looked_up
from app_runtime.clocks.running import WAKEUP
from app_runtime.demonstration.bulk.life import UNMET, Life, Noted
from app_runtime.demonstration.bulk.rows import insert_rows
from app_runtime.demonstration.bulk.town import RECORD_TYPE, Town
from app_runtime.indexing.entries import entry_row, values_of
from app_runtime.indexing.models import IndexEntry
from app_runtime.records.deriving import LONGEST_TITLE, search_text
from app_runtime.records.models import Record, RecordClock, RecordHistory, RecordHistoryPrivate
from app_runtime.records.numbering import raise_series
from app_runtime.records.tracking import LANGUAGE_KEY, give_tracking_code
from lumbung.db.tenancy import AnySession
from lumbung.ids import new_id
from lumbung.outbox.models import Wakeup


def write_lives(session: AnySession, town: Town, lives: Sequence[Life]) -> None:
    """Write the lives, in the order of their making, with numbers that go on where the municipality's end.

    Whoever numbers a report in the same series meanwhile waits until the transaction ends.
    """
    numbers = _take_numbers(town, lives)
    history_ids = [[new_id() for _ in life.history] for life in lives]
    insert_rows(
        session, _table(Record), [_record(town, life, number) for life, number in zip(lives, numbers, strict=True)]
    )
    entries = [entry for life in lives for entry in _entries(town, life)]
    if entries:
        insert_rows(session, _table(IndexEntry), entries)
    insert_rows(
        session,
        _table(RecordHistory),
        [
            _history(town, life, row, row_id)
            for life, ids in zip(lives, history_ids, strict=True)
            for row, row_id in zip(life.history, ids, strict=True)
        ],
    )
    insert_rows(
        session,
        _table(RecordHistoryPrivate),
        [
            _private(town, row, row_id)
            for life, ids in zip(lives, history_ids, strict=True)
            for row, row_id in zip(life.history, ids, strict=True)
            if row.private
        ],
    )
    insert_rows(session, _table(RecordClock), [_clock(town, life, clock) for life in lives for clock in life.clocks])
    _wake(session, town, lives)


def _entries(town: Town, life: Life) -> list[dict[str, Any]]:
    app = town.app
    values = values_of(RECORD_TYPE, looked_up(app.definition, RECORD_TYPE), town.record_type, life.data)
    return [entry_row(app.installation.tenant_id, app.installation.id, life.id, life.made_at, one) for one in values]


def _take_numbers(town: Town, lives: Sequence[Life]) -> list[str]:
    """A number for each life, without gaps, by the municipality's date."""
    days = [life.made_at.astimezone(town.app.zone).date() for life in lives]
    series = [
        town.pattern.series(town.numbered_per, day=day, agency=life.agency.key)
        for day, life in zip(days, lives, strict=True)
    ]
    last: dict[str, int] = {}
    for name in sorted(set(series)):
        count = series.count(name)
        last[name] = raise_series(town.app, RECORD_TYPE, name, by=count) - count
    numbers = []
    for day, name, life in zip(days, series, lives, strict=True):
        last[name] += 1
        numbers.append(town.pattern.format(seq=last[name], day=day, agency=life.agency.key))
    return numbers


def _record(town: Town, life: Life, number: str) -> dict[str, Any]:
    unmet = [clock for clock in life.clocks if clock.state in UNMET]
    record = Record(
        tenant_id=town.app.installation.tenant_id,
        id=life.id,
        number=number,
        title=life.title[:LONGEST_TITLE],
        data=life.data,
        private={LANGUAGE_KEY: "id", **({"reporter": life.reporter} if life.reporter else {})},
    )
    give_tracking_code(record)
    return {
        "tenant_id": record.tenant_id,
        "id": life.id,
        "installation_id": town.app.installation.id,
        "definition_digest": town.app.definition.digest,
        "record_type": RECORD_TYPE,
        "number": record.number,
        "title": record.title,
        "state": life.state,
        "open": life.open,
        "overdue": any(clock.breached_at is not None for clock in unmet),
        "published": life.published,
        "checked": life.checked,
        "hidden_at": life.hidden_at,
        "hidden_reason": life.hidden_reason,
        "agency_id": life.agency.id,
        "agency_assigned": life.assigned,
        "assignee_id": None,
        "place_lon": life.place[0],
        "place_lat": life.place[1],
        "due_at": min((clock.due_at for clock in unmet), default=None),
        "data": record.data,
        "private": record.private,
        "search_text": search_text(record, town.record_type),
        "tracking_digest": record.tracking_digest,
        "created_by": None,
        "version": len(life.history),
        "created_at": life.made_at,
        "updated_at": life.updated_at,
        "closed_at": life.closed_at,
    }


def _history(town: Town, life: Life, row: Noted, row_id: UUID) -> dict[str, Any]:
    return {
        "tenant_id": town.app.installation.tenant_id,
        "id": row_id,
        "record_id": life.id,
        "sequence": row.sequence,
        "kind": row.kind,
        "name": row.name,
        "from_state": row.from_state,
        "to_state": row.to_state,
        "actor_kind": row.who.kind,
        "actor_id": row.who.account_id,
        "actor_name": row.who.name,
        "changes": row.changes,
        "public": row.public,
        "definition_digest": town.app.definition.digest,
        "created_at": row.at,
    }


def _private(town: Town, row: Noted, row_id: UUID) -> dict[str, Any]:
    return {
        "tenant_id": town.app.installation.tenant_id,
        "id": new_id(),
        "history_id": row_id,
        "values": row.private,
        "created_at": row.at,
    }


_CLOCK = (
    "clock", "round", "state", "span", "started_at", "due_at", "warn_at", "pauses", "paused_at", "met_at", "warned_at",
    "breached_at", "rungs_done", "next_at",
)  # fmt: skip


def _clock(town: Town, life: Life, clock: RecordClock) -> dict[str, Any]:
    return {
        "tenant_id": town.app.installation.tenant_id,
        "id": new_id(),
        "record_id": life.id,
        **{name: getattr(clock, name) for name in _CLOCK},
        "created_at": clock.started_at,
    }


def _wake(session: AnySession, town: Town, lives: Sequence[Life]) -> None:
    """Have a worker look at each moment at which a clock goes on."""
    moments: set[datetime] = {clock.next_at for life in lives for clock in life.clocks if clock.next_at is not None}
    if not moments:
        return
    rows = [
        {"id": new_id(), "tenant_id": town.app.installation.tenant_id, "kind": WAKEUP, "due_at": moment}
        for moment in sorted(moments)
    ]
    session.execute(insert(Wakeup).values(rows).on_conflict_do_nothing())


def _table(model: type[Any]) -> Table:
    table: Table = model.__table__
    return table
