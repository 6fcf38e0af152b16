"""What officials do so that nothing harmful is shown: check, hide, blur."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app_catalog.definitions.model import Event
from app_runtime.records.actors import Actor
from app_runtime.records.attachments import SUBJECT, list_record_files
from app_runtime.records.change import Change
from app_runtime.records.deriving import derive
from app_runtime.records.errors import not_by_you
from app_runtime.records.models import Record, RecordFile
from app_runtime.records.permissions import may_moderate
from app_runtime.workflow.acting import lock_for_change
from app_runtime.workflow.settling import settle
from lumbung.audit import record_audit
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.errors import Invalid, NotFound
from lumbung.files import attach_file, get_file
from lumbung.i18n import t


def set_checked(session: AnySession, record: Record, actor: Actor, checked: bool) -> Record:
    """An official says that the record may (or may not) be shown as the app's settings publish it.

    Raises NotFound for a record out of reach, Forbidden when the actor is no official of it.
    """
    change = _moderating(session, record, actor)
    if record.checked != checked:
        record.checked = checked
        derive(change)
        change.note("checked" if checked else "unchecked", "", {"published": record.published})
        settle(change, [Event("updated")])
        _audited(change, "checked", checked=checked)
    return record


def hide_record(session: AnySession, record: Record, actor: Actor, *, reason: str) -> Record:
    """Take the record out of the public's sight; whoever made it still sees it. Raises Invalid without a reason."""
    if not reason.strip():
        raise Invalid(fields={"reason": [t("Tuliskan alasannya.", "Please say why.")]}, because="required")
    change = _moderating(session, record, actor)
    record.hidden_at, record.hidden_reason = now(), reason.strip()[:1000]
    change.note("hidden", "", {"reason": record.hidden_reason})
    _audited(change, "hidden", reason=record.hidden_reason)
    return record


def unhide_record(session: AnySession, record: Record, actor: Actor) -> Record:
    """Show a hidden record again, if the settings publish it."""
    change = _moderating(session, record, actor)
    if record.hidden_at is not None:
        record.hidden_at, record.hidden_reason = None, None
        change.note("unhidden")
        _audited(change, "unhidden")
    return record


def hide_file(session: AnySession, record: Record, actor: Actor, file_id: UUID, *, hidden: bool = True) -> RecordFile:
    """Take one file of the record out of everybody's sight but officials', or show it again.

    Raises NotFound when the record holds no such file.
    """
    change = _moderating(session, record, actor)
    row = _find_file(session, record, file_id)
    row.hidden_at = now() if hidden else None
    change.note("file_hidden" if hidden else "file_shown", row.field, _named(row))
    _audited(change, "file-hidden", file_id=str(row.file_id), hidden=hidden)
    return row


def blur_file(
    session: AnySession, record: Record, actor: Actor, file_id: UUID, *, blurred_file_id: UUID | None
) -> RecordFile:
    """Show the stored file `blurred_file_id` in place of the original; None shows the original again.

    Raises NotFound when the record holds no such file or the blurred one belongs to something else.
    """
    change = _moderating(session, record, actor)
    row = _find_file(session, record, file_id)
    if blurred_file_id is not None:
        attach_file(session, get_file(session, blurred_file_id), SUBJECT, record.id)
    row.blurred_file_id = blurred_file_id
    change.note("file_blurred" if blurred_file_id else "file_unblurred", row.field, _named(row))
    _audited(change, "file-blurred", file_id=str(row.file_id), blurred=blurred_file_id is not None)
    return row


def _moderating(session: AnySession, record: Record, actor: Actor) -> Change:
    change = lock_for_change(session, record, actor)
    if not may_moderate(change.app.definition, change.record_type, change.actor, record):
        raise not_by_you(t("moderasi", "moderation"))
    return change


def _audited(change: Change, action: str, **after: Any) -> None:
    """Note an act of moderation in the municipality's audit as well: it decides what the public sees."""
    record_audit(
        change.session, f"record.{action}", subject_type="record", subject_id=change.record.id, after=after or None
    )


def _find_file(session: AnySession, record: Record, file_id: UUID) -> RecordFile:
    for row in list_record_files(session, record):
        if row.file_id == file_id:
            return row
    raise NotFound


def _named(row: RecordFile) -> dict[str, Any]:
    return {"file_id": str(row.file_id)}
