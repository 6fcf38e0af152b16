"""Imports of the session's municipality: begun with a file, mapped, started, held, resumed."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import and_, or_, select, update

from app_catalog.definitions.model import RecordType
from app_catalog.installations.models import Installation
from app_catalog.installations.services import get_installation
from app_runtime.imports.errors import unreadable, wrong_status
from app_runtime.imports.guessing import guess_mapping
from app_runtime.imports.mapping import Mapping
from app_runtime.imports.models import Import, ImportLine, ImportStatus, LineOutcome
from app_runtime.imports.reading import read_table
from app_runtime.imports.running import LEFT, enqueue_step, lock_import
from app_runtime.imports.schemas import check_mapping, write_mapping
from app_runtime.imports.staging import stage_lines
from app_runtime.records.errors import app_disabled
from app_runtime.records.running_app import RunningApp, running_app
from lumbung.audit import record_audit
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.errors import NotFound
from lumbung.files import FileKind, attach_file, detach_file, find_file, store_file
from lumbung.outbox import periodic
from lumbung.web.access import Visitor
from tenants.plans.catalogue import Resource
from tenants.plans.stopping import require_room, require_unfilled

SUBJECT = "import"
KEPT = timedelta(days=30)
"""So long after its end, or after its last change when it was never started, the file of an import is kept."""

_SPOOLED = 8 * 1024 * 1024


def begin_import(
    session: AnySession,
    installation: Installation,
    record_type: str,
    *,
    data: bytes,
    name: str,
    by: Visitor | None = None,
) -> Import:
    """A new draft of an import from a file, with a proposal for its mapping.

    Raises NotFound for an unknown record type, TooLarge and UnreadableFile for a file that cannot be taken,
    QuotaReached and NoRoomLeft where a limit of the municipality is reached.
    """
    app = running_app(session, installation)
    kind = app.record_type(record_type)
    require_unfilled(session, Resource.RECORDS)
    require_room(session, Resource.FILES, adding=len(data))
    chosen, table = read_table(data, name)
    with tempfile.SpooledTemporaryFile(_SPOOLED) as staging:
        total, columns = stage_lines(table, staging)
        if total == 0:
            raise unreadable("Berkas ini tidak berisi baris data.", "This file holds no lines of data.")
        staging.seek(0)
        who = by.account_id if by else None
        kept = [
            store_file(session, data=data, name=name, content_type="application/octet-stream", kind=FileKind.EVIDENCE,
                       uploaded_by=who),
            store_file(session, data=staging, name="lines.jsonl", content_type="application/octet-stream",
                       kind=FileKind.EVIDENCE, uploaded_by=who, max_bytes=1_000_000_000),
        ]  # fmt: skip
    found = Import(
        tenant_id=installation.tenant_id,
        installation_id=installation.id,
        record_type=record_type,
        file_id=kept[0].id,
        staged_id=kept[1].id,
        file_name=kept[0].name,
        format=chosen,
        columns=columns,
        mapping=write_mapping(guess_mapping(app.definition, kind, columns, zone=app.municipality.timezone)),
        total=total,
        account_id=who,
        actor_name=by.name if by else "",
    )
    session.add(found)
    session.flush()
    for file in kept:
        attach_file(session, file, SUBJECT, found.id)
    record_audit(
        session,
        "import.begun",
        subject_type=SUBJECT,
        subject_id=found.id,
        after={"file": found.file_name, "lines": total},
    )
    return found


def list_imports(session: AnySession, *, limit: int = 50) -> Sequence[Import]:
    """The municipality's imports, the newest first."""
    return session.scalars(select(Import).order_by(Import.created_at.desc(), Import.id.desc()).limit(limit)).all()


def get_import(session: AnySession, import_id: UUID) -> Import:
    """An import of the session's municipality. Raises NotFound."""
    found = session.scalars(select(Import).where(Import.id == import_id)).one_or_none()
    if found is None:
        raise NotFound
    return found


def app_of_import(session: AnySession, found: Import) -> tuple[RunningApp, RecordType]:
    """The app and the record type that an import brings records into. Raises NotFound when the type is gone."""
    app = running_app(session, get_installation(session, found.installation_id))
    return app, app.record_type(found.record_type)


def set_mapping(session: AnySession, import_id: UUID, mapping: Mapping) -> Import:
    """Keep the mapping of a draft. Raises Invalid with every mistake, Conflict once the import was started."""
    found = _locked_draft(session, import_id)
    app, kind = app_of_import(session, found)
    check_mapping(mapping, app.definition, kind, [str(column["name"]) for column in found.columns])
    found.mapping = write_mapping(mapping)
    session.flush()
    return found


def start_import(
    session: AnySession,
    import_id: UUID,
    *,
    mapping: Mapping,
    start_clocks: bool = False,
    send_messages: bool = False,
    by_worker: bool = True,
) -> Import:
    """Start a draft: a worker brings the lines in, or the caller by `run_batch`.

    Clocks and messages only for records that come in open, and only when asked. Raises Conflict when it was started
    before or the app is disabled, Invalid for a mapping that does not fit, QuotaReached and NoRoomLeft where a limit of
    the municipality is reached or has no room for all lines.
    """
    found = set_mapping(session, import_id, mapping)
    app, _ = app_of_import(session, found)
    if app.installation.status != "enabled":
        raise app_disabled()
    _require_room(session, found)
    if send_messages:
        require_unfilled(session, Resource.EMAILS)
    found.start_clocks, found.send_messages = start_clocks, send_messages
    found.started_at = now()
    _go_on(session, found, by_worker=by_worker)
    record_audit(
        session,
        "import.started",
        subject_type=SUBJECT,
        subject_id=found.id,
        after={"lines": found.total, "start_clocks": start_clocks, "send_messages": send_messages},
    )
    return found


def pause_import(session: AnySession, import_id: UUID) -> Import:
    """Hold a running import after the batch that is under way. Raises Conflict when it does not run."""
    found = lock_import(session, import_id)
    if found.status != ImportStatus.RUNNING:
        raise wrong_status()
    found.status = ImportStatus.PAUSED.value
    record_audit(session, "import.paused", subject_type=SUBJECT, subject_id=found.id, after={"done": found.done})
    return found


def resume_import(session: AnySession, import_id: UUID, *, by_worker: bool = True) -> Import:
    """Let a held, failed or interrupted import go on where it stopped. Raises Conflict for drafts and finished ones,
    and when its file was thrown away, QuotaReached and NoRoomLeft as `start_import`."""
    found = lock_import(session, import_id)
    if found.status not in (ImportStatus.PAUSED, ImportStatus.FAILED, ImportStatus.RUNNING) or found.staged_id is None:
        raise wrong_status()
    _require_room(session, found)
    _go_on(session, found, by_worker=by_worker)
    record_audit(session, "import.resumed", subject_type=SUBJECT, subject_id=found.id, after={"done": found.done})
    return found


def discard_import(session: AnySession, import_id: UUID) -> None:
    """Throw a draft away with its file. Raises Conflict once it was started."""
    found = _locked_draft(session, import_id)
    _forget_files(session, found)
    session.delete(found)
    record_audit(session, "import.discarded", subject_type=SUBJECT, subject_id=import_id)


def list_lines(
    session: AnySession, found: Import, *, outcome: LineOutcome | None = None, noted: bool = False, limit: int = 200
) -> Sequence[ImportLine]:
    """Lines of an import in the file's order; with `noted` those alone about which something is said."""
    query = select(ImportLine).where(ImportLine.tenant_id == found.tenant_id, ImportLine.import_id == found.id)
    if outcome is not None:
        query = query.where(ImportLine.outcome == outcome.value)
    if noted:
        query = query.where(ImportLine.notes != [])
    return session.scalars(query.order_by(ImportLine.line).limit(limit)).all()


@periodic(24 * 3600, name="forget-import-files")
def forget_import_files(session: AnySession) -> None:
    """Throw away the files of imports that ended 30 days ago or stopped and were not taken up again for so long, with
    the original columns of refused lines, and drafts that nobody started."""
    long_ago = now() - KEPT
    stopped = Import.status.in_((ImportStatus.PAUSED.value, ImportStatus.FAILED.value))
    ended = select(Import).where(
        Import.staged_id.is_not(None),
        or_(
            and_(Import.status == ImportStatus.DONE.value, Import.finished_at < long_ago),
            and_(stopped, Import.started_at < long_ago),
        ),
    )
    for found in session.scalars(ended):
        if found.status != ImportStatus.DONE:
            found.status, found.problem = ImportStatus.FAILED.value, LEFT
        _forget_files(session, found)
        session.execute(
            update(ImportLine)
            .where(ImportLine.tenant_id == found.tenant_id, ImportLine.import_id == found.id)
            .values(original=None)
        )
    drafts = select(Import.id).where(Import.status == ImportStatus.DRAFT.value, Import.created_at < long_ago)
    for import_id in session.scalars(drafts).all():
        discard_import(session, import_id)


def _forget_files(session: AnySession, found: Import) -> None:
    kept = [find_file(session, file_id) for file_id in (found.file_id, found.staged_id) if file_id]
    found.file_id = found.staged_id = None
    session.flush()
    for file in kept:
        if file is not None:
            detach_file(session, file)


def _locked_draft(session: AnySession, import_id: UUID) -> Import:
    found = lock_import(session, import_id)
    if found.status != ImportStatus.DRAFT:
        raise wrong_status()
    return found


def _require_room(session: AnySession, found: Import) -> None:
    """Better nothing of a file than half of it: who has no room for all of its lines is told so beforehand."""
    require_room(session, Resource.RECORDS, adding=max(1, found.total - found.done), later=True)


def _go_on(session: AnySession, found: Import, *, by_worker: bool) -> None:
    found.status, found.problem = ImportStatus.RUNNING.value, None
    found.run += 1
    session.flush()
    if by_worker:
        enqueue_step(session, found)
