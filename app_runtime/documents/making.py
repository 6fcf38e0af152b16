"""Making a document when the worker comes to it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, select

from app_catalog.definitions.documents.typesetting import TOO_MUCH, Fault, Job, set_documents
from app_catalog.definitions.model import MakeDocument
from app_catalog.installations.services import get_installation
from app_runtime.documents.asking import MAKE_DOCUMENT, dedupe_key
from app_runtime.documents.contents import content_of, signer_of
from app_runtime.documents.models import IssuedDocument
from app_runtime.records.actors import SYSTEM
from app_runtime.records.attachments import SUBJECT
from app_runtime.records.change import lock_record, open_change
from app_runtime.records.deriving import derive
from app_runtime.records.models import Record, RecordFile, RecordHistory
from app_runtime.records.reading import find_record
from app_runtime.records.running_app import RunningApp, app_of_record, running_app
from app_runtime.workflow.setting import write_values
from lumbung.codes import new_code
from lumbung.db.tenancy import AnySession
from lumbung.files import FileKind, StoredFile, attach_file, store_file
from lumbung.i18n import pick, speaking
from lumbung.outbox import Effect, GiveUp, Payload, effect_handler

MOST_TRIES = 3


def _note_failure(session: AnySession, payload: Payload, reason: str) -> None:
    """Tell the record's history that a document could not be made."""
    record = find_record(session, UUID(payload["record_id"]))
    row = _asked(session, record, payload) if record is not None else None
    if record is None or row is None:
        return
    locked = lock_record(session, record)
    app = running_app(session, get_installation(session, locked.installation_id), digest=row.definition_digest)
    rule = f"automations.{row.changes.get('automation')}"
    open_change(app, locked, SYSTEM).note_rule_error(rule, reason)


@effect_handler(MAKE_DOCUMENT, on_failure=_note_failure, inside=True)
def make_document(session: AnySession, payload: Payload) -> None:
    """Make the document that a row of history asks for, keep it in its field, and note it; once, however often it is
    tried. Raises GiveUp when it can never be made, TimeoutError when the machine may have been too busy for it."""
    record = find_record(session, UUID(payload["record_id"]))
    row = _asked(session, record, payload) if record is not None else None
    if record is None or row is None:
        raise GiveUp("record is gone")
    locked = lock_record(session, record)
    made = select(IssuedDocument.id).where(
        IssuedDocument.tenant_id == locked.tenant_id, IssuedDocument.history_id == row.id
    )
    if session.scalar(made) is not None:
        return
    # Where the record has moved since, its values are told by the version that it is on.
    app = app_of_record(session, locked)
    automation = app.record_type(locked.record_type).automations.get(str(row.changes.get("automation")))
    if automation is None or not isinstance(automation.effect, MakeDocument):
        raise GiveUp("nothing makes the document any more")
    with speaking("id"):
        _issue(app, locked, row, automation.id, automation.effect)


def _asked(session: AnySession, record: Record | None, payload: Payload) -> RecordHistory | None:
    return session.get(RecordHistory, (record.tenant_id, UUID(payload["history_id"]))) if record else None


def _issue(app: RunningApp, record: Record, row: RecordHistory, automation: str, effect: MakeDocument) -> None:
    kind = app.record_type(record.record_type)
    name = pick(kind.fields[effect.field].label)
    code, signer = new_code(), signer_of(app, row)
    content = content_of(app, record, row, name=name, code=code, signer=signer)
    job = Job(app.definition.documents[effect.document], content, int(row.created_at.timestamp()))
    made = set_documents([job])[0]
    if made == TOO_MUCH:
        # Whoever set it may have been ended for want of memory or time that others took.
        if _tried(app.session, row) < MOST_TRIES:
            raise TimeoutError
        raise GiveUp(f"{effect.document}.typ: {TOO_MUCH.detail}")
    if isinstance(made, Fault):
        # Its words may hold what the record says, and the history keeps them.
        raise GiveUp(f"{effect.document}.typ, line {made.line}")
    file = store_file(
        app.session,
        data=made,
        name=f"{effect.document}-{(record.number or '').replace('/', '-')}".strip("-") + ".pdf",
        content_type="application/pdf",
        kind=FileKind.DOCUMENT,
    )
    _keep(app, record, effect.field, file)
    app.session.add(
        IssuedDocument(
            tenant_id=record.tenant_id,
            record_id=record.id,
            history_id=row.id,
            file_id=file.id,
            automation=automation,
            document=effect.document,
            name=name,
            code=code,
            number=record.number or "",
            agency_name=content["agency"]["name"],
            signer_name=signer["name"],
            signer_position=signer["position"],
            sha256=file.sha256,
            issued_at=row.created_at,
        )
    )
    app.session.flush()


def _tried(session: AnySession, row: RecordHistory) -> int:
    """How often it has been tried, this time included."""
    query = select(Effect.attempts).where(Effect.tenant_id == row.tenant_id, Effect.dedupe_key == dedupe_key(row))
    return (session.scalar(query) or 0) + 1


def _keep(app: RunningApp, record: Record, field: str, file: StoredFile) -> None:
    """The document stands in its field in place of the one before, which stays with the record and can be verified."""
    session = app.session
    attach_file(session, file, SUBJECT, record.id)
    session.execute(
        delete(RecordFile).where(
            RecordFile.tenant_id == record.tenant_id, RecordFile.record_id == record.id, RecordFile.field == field
        )
    )
    session.add(RecordFile(tenant_id=record.tenant_id, record_id=record.id, field=field, position=0, file_id=file.id))
    change = open_change(app, record, SYSTEM)
    write_values(change, {field: [str(file.id)]})
    derive(change)
    change.note("document_made", field, {"sha256": file.sha256}, public=True)
