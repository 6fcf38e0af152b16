"""Why an official is told of a record: asked again when the message has waited for the morning."""

from __future__ import annotations

from uuid import UUID

from app_runtime.notifications.recipients import recipients_now
from app_runtime.records.reading import find_record
from app_runtime.records.running_app import app_of_record
from lumbung.db.tenancy import AnySession
from lumbung.errors import NotFound
from tenants.preferences.grounds import ground


def meant_ground(record_id: UUID, account_id: UUID, to: str) -> str:
    """The ground of an account that `to` of a message means for this record."""
    return f"meant:{record_id}:{account_id}:{to}"


@ground("meant")
def _is_meant(session: AnySession, subject_id: UUID, rest: str) -> bool:
    account_id, _, to = rest.partition(":")
    record = find_record(session, subject_id)
    if record is None:
        return False
    try:
        app = app_of_record(session, record)
    except NotFound:
        return False
    return UUID(account_id) in {recipient.account_id for recipient in recipients_now(app, record, to)}
