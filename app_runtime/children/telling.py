"""What a child tells its parent: that it was opened, handed on, closed, and that all of them are done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from app_catalog.definitions.model import Event
from app_runtime.children.family import count_children, find_parent, kind_of_child, reading_agencies
from app_runtime.holding.enforcing import hold
from app_runtime.records.actors import SYSTEM
from app_runtime.records.change import Change, open_change
from app_runtime.records.models import Record
from app_runtime.records.running_app import app_of_record
from lumbung.db.tenancy import AnySession

Settle = Callable[[Change, Sequence[Event]], None]


def tell_parent(change: Change, settle: Settle) -> None:
    """Let the parent of a changed record know what it must: who reads it now, that a child was closed or opened again,
    that its children are done. The whole family is locked by whoever changes one of it.
    """
    record = change.record
    if record.parent_id is None or change.told == (record.open, record.agency_id):
        return
    was_open, agency_before = change.told or (True, None)
    change.told = (record.open, record.agency_id)
    change.session.flush()
    parent = change.parent or _open_parent(change)
    if parent is None:
        return
    parent.counted = None
    if record.agency_id != agency_before:
        _share(parent.session, parent.record)
    if was_open != record.open:
        _tell(parent, record)
        if change.parent is None:
            settle(parent, [])
            hold(parent)
    change.session.flush()


def share_with_holders(change: Change) -> None:
    """Let those who hold a record that came to another version read its parent, and all above it; nobody is told."""
    if change.record.parent_id is None:
        return
    change.session.flush()
    parent = find_parent(change.session, change.record)
    if parent is not None:
        _share(change.session, parent)


def share_up(session: AnySession, tenant_id: UUID, record_id: UUID) -> None:
    """Let those who hold children of a record read it, and all above it; nobody is told."""
    _share(session, session.get_one(Record, (tenant_id, record_id)))


def _tell(parent: Change, child: Record) -> None:
    spec = kind_of_child(parent.record_type, child.record_type)
    if spec is None:
        return
    what = {"record": str(child.id), "number": child.number, "agency": parent.app.agencies.key_of(child.agency_id)}
    parent.note("child", f"{spec.id}.{'opened_again' if child.open else 'closed'}", {**what, "state": child.state})
    found = count_children(parent.session, parent.record).get(child.record_type)
    if child.open or found is None or not found.done(spec):
        return
    # With `any` the first one counts, later ones change nothing.
    if spec.done_when == "all" or found.count - found.open == 1:
        parent.happened.append(Event("children", spec.id, "done"))


def _open_parent(change: Change) -> Change | None:
    parent = find_parent(change.session, change.record)
    if parent is None:
        return None
    opened = open_change(app_of_record(change.session, parent), parent, SYSTEM, at=change.at)
    opened.together = change.together
    return opened


def _share(session: AnySession, parent: Record) -> None:
    """Let the agencies that hold a child read the parent, and all above it."""
    record: Record | None = parent
    while record is not None:
        agencies = reading_agencies(session, record.tenant_id, record.id)
        if (record.shared_with or []) == agencies:
            return
        record.shared_with = agencies or None
        session.flush()
        record = find_parent(session, record)
