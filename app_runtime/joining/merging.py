"""Duplicates that are merged: who joined one of them follows the record that is kept, each person once.

A record is merged once the field that `duplicates.into` names has a value. The people are moved afterwards, apart from
the change itself, a few hundred at a time.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app_runtime.joining.letters import name_of, send_letter
from app_runtime.joining.models import RecordJoin
from app_runtime.joining.services import letter_context, may_be_joined, person_context, person_of
from app_runtime.pages.opening import ANYBODY
from app_runtime.records.change import Change
from app_runtime.records.models import Record, RecordHistory
from app_runtime.records.permissions import may_read
from app_runtime.records.presenting import present_record
from app_runtime.records.reading import find_record
from app_runtime.records.running_app import RunningApp, app_of_record
from app_runtime.records.values import field_values
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.i18n import speaking, t
from lumbung.ids import new_id
from lumbung.outbox import Payload, effect_handler, enqueue_effect
from lumbung.secrets import UndecryptableError, decrypt, encrypt
from tenants.municipalities.addresses import municipality_origin

EFFECT = "merge_joined"
_AT_ONCE = 200
_LONGEST_CHAIN = 20


def merge_joined(change: Change) -> bool:
    """Note that the people of a record are moved, when it was merged into another just now; whether it was."""
    rule = change.record_type.duplicates
    if rule is None or rule.into is None or not rule.join:
        return False
    into = field_values(change.record, change.record_type).get(rule.into)
    if not into or into == change.old.get(rule.into):
        return False
    if change.held is None:
        _enqueue(change.session, change.record.id, change.at.isoformat(), None)
    elif all(kind != EFFECT for kind, _, _ in change.later):
        change.later.append((EFFECT, *_noted(change.record.id, change.at.isoformat(), None)))
    return True


def kept_of(session: AnySession, app: RunningApp, record: Record) -> Record:
    """The record that this one was merged into in the end; itself when it was not, or when they name each other in a
    circle."""
    found, seen = record, {record.id}
    for _ in range(_LONGEST_CHAIN):
        known = app if found is record else app_of_record(session, found)
        kind = known.record_type(found.record_type)
        into = kind.duplicates.into if kind.duplicates is not None else None
        named = field_values(found, kind).get(into) if into is not None else None
        following = _find_named(session, named) if named else None
        if following is None or following.installation_id != record.installation_id:
            return found
        if following.id in seen or following.record_type != record.record_type:
            return record
        seen.add(following.id)
        found = following
    return record


def _find_named(session: AnySession, named: Any) -> Record | None:
    try:
        return find_record(session, UUID(str(named)))
    except ValueError:
        # The field was of another type in the version that the record comes from.
        return None


@effect_handler(EFFECT)
def move_joined(session: AnySession, payload: Payload) -> None:
    """Move the next of those who joined a merged record to the one that is kept."""
    record = find_record(session, UUID(payload["record_id"]))
    if record is None:
        return
    app = app_of_record(session, record)
    kept = kept_of(session, app, record)
    if kept.id == record.id or not may_be_joined(app_of_record(session, kept).record_type(kept.record_type)):
        return
    _lock(session, record, kept)
    rule = app.record_type(record.record_type).duplicates
    if rule is not None and rule.with_reporter and payload.get("after") is None:
        _count_reporter(session, record, kept)
    query = select(RecordJoin).where(RecordJoin.tenant_id == record.tenant_id, RecordJoin.record_id == record.id)
    if payload.get("after"):
        query = query.where(RecordJoin.id > UUID(payload["after"]))
    rows = session.scalars(query.order_by(RecordJoin.id).limit(_AT_ONCE)).all()
    _write(session, app, record, kept, _move(session, rows, kept))
    if len(rows) == _AT_ONCE:
        _enqueue(session, record.id, str(payload["at"]), str(rows[-1].id))


def _lock(session: AnySession, *records: Record) -> None:
    """Both of them, in one order for everybody: nobody joins, and nothing else is merged meanwhile."""
    for record_id in sorted(record.id for record in records):
        session.scalar(
            select(Record.id).where(Record.tenant_id == records[0].tenant_id, Record.id == record_id).with_for_update()
        )


def _move(session: AnySession, rows: Sequence[RecordJoin], kept: Record) -> list[tuple[RecordJoin, str, str]]:
    """Move the rows of those who do not follow `kept` already; those among them who are to be told, with their
    addresses and the codes of their letters."""
    people = {row.id: _person(row, kept) for row in rows}
    standing = _standing(session, kept)
    known = {row.person: row for row in standing if row.person}
    addresses = {letter[0] for row in standing if (letter := _letter(row)) is not None}
    moved = []
    for row in rows:
        person, letter = people[row.id], _letter(row)
        before = known.get(person) if person else None
        if letter is not None and before is not None and before.sealed is None and letter[0] not in addresses:
            # The same person, who left an address at the duplicate alone.
            _forget(session, before)
            before = None
        if before is not None or person == "" or (letter is not None and letter[0] in addresses):
            _forget(session, row)
            continue
        row.record_id, row.person = kept.id, person
        session.flush()
        if person:
            known[person] = row
        if letter is not None:
            addresses.add(letter[0])
            moved.append((row, *letter))
    return moved


def _person(row: RecordJoin, kept: Record) -> str | None:
    """The digest of whoever joined for the kept record; empty for its own reporter, as it is where nobody knows who."""
    if row.person is None or row.sealed_person is None:
        return row.person
    try:
        who = decrypt(row.sealed_person, context=person_context(row.tenant_id, row.id))
    except UndecryptableError:
        return row.person
    return "" if who == f"account:{kept.created_by}" else person_of(kept.id, who)


def _standing(session: AnySession, kept: Record) -> Sequence[RecordJoin]:
    query = select(RecordJoin).where(RecordJoin.tenant_id == kept.tenant_id, RecordJoin.record_id == kept.id)
    return session.scalars(query).all()


def _letter(row: RecordJoin) -> tuple[str, str] | None:
    """The address that somebody left and the code that their letters carry."""
    if row.sealed is None:
        return None
    try:
        address, code = json.loads(decrypt(row.sealed, context=letter_context(row.tenant_id, row.id)))
    except UndecryptableError:
        return None
    return str(address), str(code)


def _forget(session: AnySession, row: RecordJoin) -> None:
    session.execute(delete(RecordJoin).where(RecordJoin.tenant_id == row.tenant_id, RecordJoin.id == row.id))


def _count_reporter(session: AnySession, record: Record, kept: Record) -> None:
    """Whoever made the merged record is one of those for whom the kept one is true as well."""
    made_by = session.scalar(
        select(RecordHistory.actor_kind)
        .where(
            RecordHistory.tenant_id == record.tenant_id,
            RecordHistory.record_id == record.id,
            RecordHistory.kind == "created",
        )
        .limit(1)
    )
    # What an official has written down for somebody is of that somebody.
    own = record.created_by is not None and made_by in ("visitor", "resident")
    if own and record.created_by == kept.created_by:
        return
    who, row_id = f"account:{record.created_by}" if own else f"record:{record.id}", new_id()
    session.execute(
        insert(RecordJoin)
        .values(
            tenant_id=record.tenant_id,
            id=row_id,
            record_id=kept.id,
            person=person_of(kept.id, who),
            sealed_person=encrypt(who, context=person_context(record.tenant_id, row_id)),
            created_at=now(),
        )
        .on_conflict_do_nothing()
    )


def _write(
    session: AnySession, app: RunningApp, record: Record, kept: Record, moved: Sequence[tuple[RecordJoin, str, str]]
) -> None:
    """Tell those who were moved what they follow from now on, as far as everybody may read it."""
    known = app_of_record(session, kept)
    if not moved or not may_read(known.record_type(kept.record_type), ANYBODY, kept):
        return
    readable = may_read(app.record_type(record.record_type), ANYBODY, record)
    origin = municipality_origin(app.municipality)
    for row, address, code in moved:
        with speaking(row.language):
            shown = present_record(known, kept, ANYBODY)
            name = name_of(shown)
            before = (
                present_record(app, record, ANYBODY).title
                if readable
                else t("laporan yang Anda ikuti", "the report that you follow")
            )
            send_letter(
                session,
                known,
                kept,
                to=address,
                code=code,
                origin=origin,
                subject=t("{name}: digabung", "{name}: merged", name=name),
                told=t(
                    "Yang juga Anda laporkan, {before}, sama dengan {name}. Mulai sekarang Anda mengikuti {name}: "
                    "{state}.",
                    "What you joined, {before}, is the same as {name}. From now on you follow {name}: {state}.",
                    before=before,
                    name=name,
                    state=shown.state_label,
                ),
            )


def _enqueue(session: AnySession, record_id: UUID, at: str, after: str | None) -> None:
    payload, key = _noted(record_id, at, after)
    enqueue_effect(session, EFFECT, payload, dedupe_key=key)


def _noted(record_id: UUID, at: str, after: str | None) -> tuple[dict[str, Any], str]:
    return {"record_id": str(record_id), "at": at, "after": after}, f"merged:{record_id}:{at}:{after or ''}"
