"""Nobody is promised a message that no channel can send."""

from __future__ import annotations

from app_catalog.definitions.model import Send
from app_runtime.notifications.recipients import find_recipient
from app_runtime.records.models import Record
from app_runtime.records.running_app import app_of_record
from lumbung.db.tenancy import AnySession
from lumbung.messages.services import channel_available


def promises_message(session: AnySession, record: Record) -> bool:
    """Whether whoever made the record will be written to: an address was left, the app writes to it, and a channel of
    this installation can carry it."""
    if not channel_available("email"):
        return False
    app = app_of_record(session, record)
    for automation in app.record_type(record.record_type).automations.values():
        effect = automation.effect
        if not isinstance(effect, Send) or "email" not in app.definition.messages[effect.message].channels:
            continue
        if any(find_recipient(app, record, "field", to) is not None for to in effect.to):
            return True
    return False
