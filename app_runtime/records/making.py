"""A new record with all that belongs to it, stored at once: whoever makes one has checked already that it may be."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app_catalog.definitions.model import Event
from app_runtime.indexing.entries import add_entries
from app_runtime.records.actors import Actor
from app_runtime.records.change import Change
from app_runtime.records.deriving import derive
from app_runtime.records.models import Record
from app_runtime.records.numbering import give_numbers
from app_runtime.records.running_app import RunningApp
from app_runtime.records.tracking import LANGUAGE_KEY, give_tracking_code
from lumbung.db import now
from lumbung.i18n import current_language
from lumbung.ids import new_id

Settle = Callable[[Change, Sequence[Event]], None]


def blank_record(app: RunningApp, actor: Actor, record_type: str) -> Record:
    """A record without values, in the first state of its workflow; not yet stored."""
    workflow = app.record_type(record_type).workflow
    moment = now()
    return Record(
        tenant_id=app.installation.tenant_id,
        id=new_id(),
        installation_id=app.installation.id,
        definition_digest=app.definition.digest,
        record_type=record_type,
        title="",
        state=workflow.start if workflow else "",
        open=True,
        overdue=False,
        published=False,
        checked=False,
        agency_assigned=False,
        data={},
        private={LANGUAGE_KEY: current_language()},
        search_text="",
        created_by=actor.account_id,
        version=0,
        created_at=moment,
        updated_at=moment,
    )


def store_record(change: Change, settle: Settle) -> str:
    """Store a new record that has its values: numbered, with its clocks, history, automations and effects.

    Returns the code that finds it. `settle` lets everything follow that follows from events.
    """
    record, kind = change.record, change.record_type
    code = give_tracking_code(record)
    derive(change)
    if kind.numbers:
        give_numbers(change)
    change.note("created", public=True)
    settle(change, [Event("created")] + ([Event("state", record.state)] if record.state else []))
    add_entries(change)
    change.store_new()
    if change.opening or change.later or record.parent_id is not None:
        # What needs the record to be there already: its own children, and the parent that counts it.
        settle(change, [])
    return code
