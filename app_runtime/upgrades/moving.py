"""Moving one record to another definition, and taking that back."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from app_catalog.definitions.model import RecordType
from app_catalog.installations.models import Installation
from app_runtime.children.telling import share_with_holders
from app_runtime.clocks.firing import catch_up
from app_runtime.clocks.running import wake_for
from app_runtime.holding.enforcing import count_again
from app_runtime.records.actors import Actor
from app_runtime.records.change import Change, open_change
from app_runtime.records.deriving import derive, derive_open
from app_runtime.records.links import keep_links, links_of
from app_runtime.records.models import Record, RecordFile
from app_runtime.records.niks import forget_niks, with_kept_digits
from app_runtime.records.running_app import RunningApp, running_app
from app_runtime.records.values import field_values, store_values
from app_runtime.upgrades.clocks import reckon_again, reckon_back, restore, snapshot
from app_runtime.upgrades.mapping import Mapping
from app_runtime.upgrades.models import MovedRecord, RecordMove
from app_runtime.upgrades.undoing import Undone, reconcile
from app_runtime.upgrades.values import Carried, carry_over
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.errors import Invalid

_OWNERS = ("agency_id", "assignee_id")


@dataclass(frozen=True, slots=True)
class Sides:
    """The app by the definition that records are moved from, and by that which they are moved to: opened once for all
    records of a batch."""

    before: RunningApp
    after: RunningApp


def open_sides(session: AnySession, installation: Installation, move: RecordMove) -> Sides:
    """Both sides of a move."""
    return Sides(
        running_app(session, installation, digest=move.from_digest),
        running_app(session, installation, digest=move.to_digest),
    )


def move_record(
    session: AnySession, sides: Sides, move: RecordMove, record_id: UUID, actor: Actor
) -> MovedRecord | None:
    """Move one record as `move` says; None when it is not (or no longer) on the definition that it is moved from, or in
    a chosen state.

    What does not fit the new version leaves the record where it is: `refused`, with the reasons by field.
    """
    record = _locked(session, move, record_id)
    if record is None or record.definition_digest != move.from_digest or record.state not in move.selection["states"]:
        return None
    mapping = Mapping.of(move.mapping)
    old = open_change(sides.before, record, actor)
    # What was due by now was due by the old rules.
    catch_up(old)
    before, private = _picture(old)
    change = replace(old, app=sides.after, old=old.values())
    stored = field_values(record, old.record_type)
    try:
        carried = carry_over(change, old.record_type, with_kept_digits(record, old.record_type, stored), mapping)
    except Invalid as error:
        return _told(session, move, record, "refused", problems=error.fields)
    _rewrite(change, old.record_type, carried, mapping.state(record.state))
    reckon_again(change, set(old.record_type.clocks), named=mapping.state)
    derive(change)
    count_again(change)
    share_with_holders(change)
    _note(change, move, carried, before["state"], old.record_type, stored, kind="moved")
    session.flush()
    moved = _told(session, move, record, "moved")
    # What stays in the record needs no second place that erasure would have to know; nor does what is personal from now
    # on and was not before.
    for name in list(before["data"]):
        after = change.record_type.fields.get(mapping.target(name) or "")
        if after is not None and after.private:
            del before["data"][name]
    moved.before, moved.private = before, {name: private[name] for name in private if name in carried.left} or None
    moved.after, _ = _picture(change)
    moved.version_after = record.version
    return moved


def undo_record(session: AnySession, sides: Sides, move: RecordMove, moved: MovedRecord, actor: Actor) -> None:
    """Take one record's move back: exactly what it was, with whatever was done to it since.

    `kept` with reasons by field when that cannot be: the record has moved on, or holds what the old version cannot.
    """
    record = _locked(session, move, moved.record_id)
    if record is None or moved.before is None or moved.after is None:
        moved.outcome, moved.problems = "kept", {"record": ["gone"]}
        return
    if record.definition_digest != move.to_digest:
        moved.outcome, moved.problems = "kept", {"record": ["moved-on"]}
        return
    new = open_change(sides.after, record, actor)
    catch_up(new)
    change = replace(new, app=sides.before, old=new.values())
    now_is, now_private = _picture(new)
    try:
        current = with_kept_digits(record, new.record_type, {**now_is["data"], **now_private})
        undone = reconcile(change, new.record_type, Mapping.of(move.mapping), moved, now_is, current)
    except Invalid as error:
        moved.outcome, moved.problems = "kept", dict(error.fields)
        return
    _take_back(change, new, moved, undone)
    moved.outcome, moved.undone_at, moved.problems = "undone", now(), None


def _take_back(change: Change, new: Change, moved: MovedRecord, undone: Undone) -> None:
    assert moved.before is not None
    record, before = change.record, moved.before
    state_now, stored = record.state, field_values(record, new.record_type)
    names = {target: name for name, target in undone.renamed.items()}
    carried = Carried(undone.values, {}, names)
    _rewrite(change, new.record_type, carried, undone.state)
    if undone.untouched:
        record.closed_at = datetime.fromisoformat(before["closed_at"]) if before["closed_at"] else None
        restore(change, before["clocks"])
        wake_for(change)
    else:
        reckon_back(change, set(new.record_type.clocks), before["clocks"], moved_at=moved.created_at)
    if not undone.owner_changed:
        for name in _OWNERS:
            setattr(record, name, UUID(before[name]) if before[name] else None)
        record.agency_assigned = before["agency_assigned"]
    derive(change)
    count_again(change)
    share_with_holders(change)
    move = change.session.get_one(RecordMove, (record.tenant_id, moved.move_id))
    taken = Carried(undone.values, undone.left, names)
    _note(change, move, taken, state_now, new.record_type, stored, kind="move_undone")
    change.session.flush()


def _rewrite(change: Change, before: RecordType, carried: Carried, state: str) -> None:
    """Write definition, state and values; keys that are no fields (sealed codes, links) stay."""
    record, after = change.record, change.record_type
    links = {name: links_of(record, name) for name in carried.renamed}
    record.data = {name: value for name, value in record.data.items() if name not in before.fields}
    record.private = {name: value for name, value in record.private.items() if name not in before.fields}
    # Numbers of the population register are sealed for their field: they are whole in what is carried, and sealed anew.
    forget_niks(record, before, carried.renamed)
    record.definition_digest = change.app.definition.digest
    store_values(record, after.fields, carried.values)
    for name, target in carried.renamed.items():
        if links[name]:
            keep_links(record, name, ())
            keep_links(record, target, links[name])
        change.session.execute(
            update(RecordFile)
            .where(
                RecordFile.tenant_id == record.tenant_id, RecordFile.record_id == record.id, RecordFile.field == name
            )
            .values(field=target)
        )
    was_open, record.state = record.open, state
    derive_open(record, after)
    if was_open and not record.open:
        record.closed_at = change.at
    elif record.open:
        record.closed_at = None


def _picture(change: Change) -> tuple[dict[str, Any], dict[str, Any]]:
    """The record as JSON: what may be kept, and the personal values apart."""
    record = change.record
    kind = change.record_type
    values = field_values(record, kind)
    personal = {name: value for name, value in values.items() if kind.fields[name].private}
    return {
        "state": record.state,
        "data": {name: value for name, value in values.items() if name not in personal},
        "agency_id": str(record.agency_id) if record.agency_id else None,
        "assignee_id": str(record.assignee_id) if record.assignee_id else None,
        "agency_assigned": record.agency_assigned,
        "closed_at": record.closed_at.isoformat() if record.closed_at else None,
        "clocks": snapshot(change.clocks),
    }, personal


def _note(
    change: Change,
    move: RecordMove,
    carried: Carried,
    from_state: str,
    before: RecordType,
    stored: Dict[str, Any],
    *,
    kind: str,
) -> None:
    """One row of history says from where to where, and holds what was left behind and what is not simply what stood in
    the record (`given`: filled in by the mapping, made into a text, or back as it was), so that history tells every
    value that the record has had."""
    back = kind == "move_undone"
    personal = {name for name in carried.left if name in before.fields and before.fields[name].private}
    plain = {carried.renamed.get(name, name): value for name, value in stored.items() if name not in carried.left}
    values = field_values(change.record, change.record_type)
    given = {name: values.get(name) for name in (*plain, *values) if values.get(name) != plain.get(name)}
    sealed = {name for name in given if name in change.record_type.fields and change.record_type.fields[name].private}
    private = {
        "left": {name: carried.left[name] for name in personal},
        "given": {name: given[name] for name in sealed},
    }
    change.note(
        kind,
        "",
        {
            "from": move.to_version if back else move.from_version,
            "to": move.from_version if back else move.to_version,
            "renamed": dict(carried.renamed),
            "left": {name: value for name, value in carried.left.items() if name not in personal},
            "given": {name: value for name, value in given.items() if name not in sealed},
        },
        private={name: held for name, held in private.items() if held} or None,
        from_state=from_state,
        public=change.record.state != from_state,
    )


def _locked(session: AnySession, move: RecordMove, record_id: UUID) -> Record | None:
    # The families of a batch are locked before its first record: see `lock_families`.
    return session.scalar(
        select(Record)
        .where(
            Record.tenant_id == move.tenant_id,
            Record.id == record_id,
            Record.installation_id == move.installation_id,
            Record.record_type == move.record_type,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _told(
    session: AnySession,
    move: RecordMove,
    record: Record,
    outcome: str,
    *,
    problems: Dict[str, list[str]] | None = None,
) -> MovedRecord:
    row = MovedRecord(
        tenant_id=move.tenant_id,
        move_id=move.id,
        record_id=record.id,
        outcome=outcome,
        problems=dict(problems) if problems else None,
    )
    session.add(row)
    return row
