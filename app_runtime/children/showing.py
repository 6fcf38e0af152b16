"""The family of a record as one reader may see it: what it belongs to, and what belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app_runtime.children.family import find_parent, list_children
from app_runtime.records.actors import Actor
from app_runtime.records.models import Record
from app_runtime.records.permissions import may_read
from app_runtime.records.presenting import PresentedRecord, present_record
from app_runtime.records.running_app import RunningApp, running_app
from lumbung.i18n import pick, t


@dataclass(frozen=True, slots=True)
class ShownChildren:
    """The children of one kind: its name, how far they are in words, and those that the reader may open."""

    name: str
    progress: str
    rows: Sequence[PresentedRecord]


@dataclass(frozen=True, slots=True)
class ShownFamily:
    """What a record belongs to, None where there is nothing or the reader may not see it, and its children by kind."""

    parent: PresentedRecord | None = None
    children: Sequence[ShownChildren] = ()


def show_family(app: RunningApp, record: Record, reader: Actor) -> ShownFamily:
    """The family of a record; records that the reader may not see are neither shown nor counted."""
    if record.parent_id is None and not app.record_type(record.record_type).children:
        return ShownFamily()
    above = find_parent(app.session, record)
    parent = _presented(app, above, reader) if above is not None else None
    return ShownFamily(parent, _children(app, record, reader))


def _children(app: RunningApp, record: Record, reader: Actor) -> list[ShownChildren]:
    kinds = app.record_type(record.record_type).children
    found = list_children(app.session, record) if kinds else ()
    shown = []
    for spec in kinds.values():
        mine = [(child, _presented(app, child, reader)) for child in found if child.record_type == spec.record]
        seen = [(child, row) for child, row in mine if row is not None]
        if not seen:
            continue
        closed = sum(not child.open for child, _ in seen)
        progress = t("{closed} dari {n} selesai", "{closed} of {n} done", closed=closed, n=len(seen))
        name = pick(app.record_type(spec.record).name)
        shown.append(ShownChildren(name, progress, [row for _, row in seen]))
    return shown


def _presented(app: RunningApp, record: Record, reader: Actor) -> PresentedRecord | None:
    own = app
    if record.definition_digest != app.definition.digest:
        own = running_app(app.session, app.installation, digest=record.definition_digest)
    if not may_read(own.record_type(record.record_type), reader, record):
        return None
    return present_record(own, record, reader, files=(), only=())
