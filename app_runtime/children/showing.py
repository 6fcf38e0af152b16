"""The family of a record as one reader may see it: what it belongs to, and what belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app_runtime.children.family import find_parent, list_children
from app_runtime.records.actors import Actor
from app_runtime.records.models import Record
from app_runtime.records.permissions import may_read, roles_on
from app_runtime.records.presenting import PresentedRecord, present_record
from app_runtime.records.running_app import RunningApp, running_app
from lumbung.i18n import pick, t


@dataclass(frozen=True, slots=True)
class SentOn:
    """How far a child is that the reader may not open: whoever hands work to a unit may know when it is done."""

    agency_name: str
    state_label: str
    state_tone: str
    due_at: datetime | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class ShownChildren:
    """The children of one kind: its name, how far they are in words, those that the reader may open, and the others."""

    name: str
    progress: str
    rows: Sequence[PresentedRecord]
    sent_on: Sequence[SentOn]


@dataclass(frozen=True, slots=True)
class ShownFamily:
    """What a record belongs to, None where there is nothing or the reader may not see it, and its children by kind."""

    parent: PresentedRecord | None = None
    children: Sequence[ShownChildren] = ()


def show_family(app: RunningApp, record: Record, reader: Actor) -> ShownFamily:
    """The family of a record.

    Children that the reader may not see are neither shown nor counted, unless the reader is one who opens them: the
    head who routes a letter to other agencies sees each agency and its state, not what it writes.
    """
    if record.parent_id is None and not app.record_type(record.record_type).children:
        return ShownFamily()
    above = find_parent(app.session, record)
    parent = _presented(app, above, reader) if above is not None else None
    return ShownFamily(parent, _children(app, record, reader))


def _children(app: RunningApp, record: Record, reader: Actor) -> list[ShownChildren]:
    kinds = app.record_type(record.record_type).children
    found = list_children(app.session, record) if kinds else ()
    opened = opened_by(app, record, reader)
    shown = []
    for spec in kinds.values():
        mine = [(child, _presented(app, child, reader)) for child in found if child.record_type == spec.record]
        known = [(child, row) for child, row in mine if row is not None or spec.record in opened]
        if not known:
            continue
        closed = sum(not child.open for child, _ in known)
        progress = t("{closed} dari {n} selesai", "{closed} of {n} done", closed=closed, n=len(known))
        rows = [row for _, row in known if row is not None]
        sent_on = [_sent_on(app, child) for child, row in known if row is None]
        shown.append(ShownChildren(pick(app.record_type(spec.record).name), progress, rows, sent_on))
    return shown


def opened_by(app: RunningApp, record: Record, reader: Actor) -> set[str]:
    """Types of children that the reader opens by an action of their roles on this record, whatever its state is now."""
    workflow = app.record_type(record.record_type).workflow
    roles = roles_on(app.definition, reader, record)
    actions = workflow.actions.values() if workflow else ()
    return {action.fan_out.record for action in actions if action.fan_out and roles & set(action.by)}


def _sent_on(app: RunningApp, child: Record) -> SentOn:
    own = _version_of(app, child)
    workflow = own.record_type(child.record_type).workflow
    state = workflow.states.get(child.state or "") if workflow else None
    agency = app.agencies.by_id.get(child.agency_id) if child.agency_id else None
    return SentOn(
        agency_name=agency.name if agency else pick(own.record_type(child.record_type).name),
        state_label=pick(state.label) if state else "",
        state_tone=state.tone if state else "grey",
        due_at=child.due_at if child.open else None,
        overdue=child.overdue,
    )


def _presented(app: RunningApp, record: Record, reader: Actor) -> PresentedRecord | None:
    own = _version_of(app, record)
    if not may_read(own.record_type(record.record_type), reader, record):
        return None
    return present_record(own, record, reader, files=(), only=())


def _version_of(app: RunningApp, record: Record) -> RunningApp:
    if record.definition_digest == app.definition.digest:
        return app
    return running_app(app.session, app.installation, digest=record.definition_digest)
