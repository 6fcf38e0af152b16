"""Noting that a document is to be made, in the transaction of the change that it follows from."""

from __future__ import annotations

from app_catalog.definitions.model import Automation, MakeDocument
from app_catalog.installations.definitions import definition_is_given
from app_runtime.records.change import Change
from app_runtime.records.models import RecordHistory
from app_runtime.workflow.setting import write_values
from lumbung.outbox import enqueue_effect

MAKE_DOCUMENT = "make_document"


def ask_for_document(change: Change, automation: Automation, effect: MakeDocument) -> None:
    """Have the document made once the change is committed, exactly once; the history says so.

    In a scenario files are mere names, so it is there at once.
    """
    row = change.note("document", effect.document, {"automation": automation.id, "field": effect.field})
    if definition_is_given():
        write_values(change, {effect.field: [f"{effect.document}.pdf"]})
        return
    payload = {"record_id": str(change.record.id), "history_id": str(row.id)}
    enqueue_effect(change.session, MAKE_DOCUMENT, payload, dedupe_key=dedupe_key(row))


def dedupe_key(row: RecordHistory) -> str:
    """By what the effect of a row of history is known."""
    return f"document:{row.id}"
