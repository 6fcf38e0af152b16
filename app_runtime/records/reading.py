"""Finding single records."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app_runtime.records.actors import Actor
from app_runtime.records.attachments import list_record_files
from app_runtime.records.models import Record, RecordClock, RecordFile
from app_runtime.records.permissions import may_moderate, may_read, visible_fields
from app_runtime.records.running_app import RunningApp, app_of_record
from app_runtime.records.tracking import tracking_digest
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import NotFound
from lumbung.files import StoredFile, get_file


def find_record(session: AnySession, record_id: UUID) -> Record | None:
    """A record of the session's municipality, or None: also when it is another municipality's."""
    return session.scalar(select(Record).where(Record.tenant_id == current_tenant(session), Record.id == record_id))


def get_record(session: AnySession, record_id: UUID) -> Record:
    """A record of the session's municipality. Raises NotFound."""
    found = find_record(session, record_id)
    if found is None:
        raise NotFound
    return found


def access_record(
    session: AnySession, actor: Actor, record_id: UUID, *, app_slug: str | None = None
) -> tuple[Record, RunningApp]:
    """A record that the actor may read, and its app. Raises NotFound when it is missing, foreign, out of the actor's
    reach, or (with `app_slug`) of another app."""
    record = get_record(session, record_id)
    app = app_of_record(session, record)
    if app_slug is not None and app.installation.slug != app_slug:
        raise NotFound
    if not may_read(app.record_type(record.record_type), actor.in_app(app.installation.slug), record):
        raise NotFound
    return record, app


def find_by_tracking_code(session: AnySession, code: str) -> Record | None:
    """The record with this tracking code, however it was typed, or None."""
    wanted = tracking_digest(code)
    if wanted is None:
        return None
    return session.scalar(
        select(Record).where(Record.tenant_id == current_tenant(session), Record.tracking_digest == wanted)
    )


def list_clocks(session: AnySession, record: Record) -> list[RecordClock]:
    """All clocks of a record with all their rounds, in the order in which they were started."""
    query = select(RecordClock).where(RecordClock.tenant_id == record.tenant_id, RecordClock.record_id == record.id)
    return list(session.scalars(query.order_by(RecordClock.round, RecordClock.started_at)))


def access_record_file(session: AnySession, actor: Actor, record_id: UUID, file_id: UUID) -> StoredFile:
    """The bytes' row of a file (or thumbnail) of a record, as this actor may see it: the blurred one in place of the
    original for everybody but officials.

    Raises NotFound when record or field are out of reach, or the file was hidden and the actor is no official.
    """
    record, app = access_record(session, actor, record_id)
    reader = actor.in_app(app.installation.slug)
    row = _find_row(session, record, file_id)
    if row.field not in visible_fields(app.definition, record.record_type, reader, record):
        raise NotFound
    if may_moderate(app.definition, app.record_type(record.record_type), reader, record):
        return get_file(session, file_id)
    if row.hidden_at is not None:
        raise NotFound
    if row.blurred_file_id is None or file_id == row.blurred_file_id:
        return get_file(session, file_id)
    blurred = get_file(session, row.blurred_file_id)
    if file_id == row.thumbnail_id:
        return get_file(session, blurred.thumbnail_id) if blurred.thumbnail_id else blurred
    return blurred


def _find_row(session: AnySession, record: Record, file_id: UUID) -> RecordFile:
    for row in list_record_files(session, record):
        if file_id in (row.file_id, row.thumbnail_id, row.blurred_file_id):
            return row
    raise NotFound
