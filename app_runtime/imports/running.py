"""Running an import: a batch of lines in each transaction, and a cursor that moves with them.

Killed at any point, what has committed is whole and what has not never was: the next run begins at the cursor.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select

from app_catalog.installations.services import get_installation
from app_runtime.imports.drafts import Draft
from app_runtime.imports.making import Maker
from app_runtime.imports.models import Import, ImportLine, ImportStatus, LineOutcome
from app_runtime.imports.neighbours import Neighbourhood
from app_runtime.imports.schemas import check_mapping, read_mapping
from app_runtime.imports.staging import StagedLine, staged_lines
from app_runtime.imports.storing import Storing
from app_runtime.records.actors import SYSTEM, Actor
from app_runtime.records.running_app import running_app
from lumbung.audit import record_audit
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.errors import Invalid, NotFound
from lumbung.files import find_file, open_file
from lumbung.ids import new_id
from lumbung.outbox import Effect, EffectStatus, GiveUp, Payload, effect_handler, enqueue_effect
from tenants.plans.catalogue import Resource
from tenants.plans.errors import NoRoomLeft, QuotaReached
from tenants.plans.stopping import require_room

BATCH = 200
STEP = "import_step"
GONE = "the import, its app or its file is gone"
LEFT = "nobody went on with it for thirty days"
OUTGROWN = "the mapping does not fit the app any more"
FULL = "the limit of records is reached"


def run_batch(session: AnySession, import_id: UUID, *, most: int = BATCH) -> Import:
    """Bring in the next `most` lines and move the cursor; the import as it stands then, `done` after the last line.

    Does nothing unless the import is running. Whoever else runs it waits until this transaction ends. Where its records
    would go beyond the municipality's limit it stops before these lines and can go on later (ADR 59). Raises NotFound
    when there is no such import here or its staged lines are gone, Invalid when its mapping fits the app no more.
    """
    found = lock_import(session, import_id)
    if found.status != ImportStatus.RUNNING:
        return found
    lines = _next_lines(session, found, most)
    if lines:
        try:
            _take(session, found, lines)
        except (QuotaReached, NoRoomLeft):
            found.status, found.problem = ImportStatus.FAILED.value, FULL
            return found
        found.cursor = lines[-1].ends
        found.done += len(lines)
    if len(lines) < most or found.done >= found.total:
        _finish(session, found)
    session.flush()
    return found


def lock_import(session: AnySession, import_id: UUID) -> Import:
    """The import as it is now, locked until the transaction ends. Raises NotFound."""
    found = session.scalars(
        select(Import).where(Import.id == import_id).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def enqueue_step(session: AnySession, found: Import) -> None:
    """Have a worker go on with the import."""
    # A run's number keeps a resumed import from being taken for the step before the pause.
    key = f"{_steps_of(found)}{found.run}:{found.cursor}"
    enqueue_effect(session, STEP, {"import_id": str(found.id)}, dedupe_key=key)


def _failed(session: AnySession, payload: Payload, reason: str) -> None:
    found = lock_import(session, UUID(payload["import_id"]))
    if found.status == ImportStatus.RUNNING:
        found.status, found.problem = ImportStatus.FAILED.value, reason


@effect_handler(STEP, on_failure=_failed, inside=True)
def _step(session: AnySession, payload: Payload) -> None:
    try:
        found = run_batch(session, UUID(payload["import_id"]))
    except NotFound:
        raise GiveUp(GONE) from None
    except Invalid:
        raise GiveUp(OUTGROWN) from None
    # Steps that are done tell nobody anything; the import itself says how far it is.
    session.execute(
        delete(Effect).where(
            Effect.tenant_id == found.tenant_id,
            Effect.kind == STEP,
            Effect.status == EffectStatus.DONE,
            Effect.dedupe_key.startswith(_steps_of(found), autoescape=True),
        )
    )
    if found.status == ImportStatus.RUNNING:
        enqueue_step(session, found)


def _steps_of(found: Import) -> str:
    return f"import:{found.id}:"


def _next_lines(session: AnySession, found: Import, most: int) -> list[StagedLine]:
    file = find_file(session, found.staged_id) if found.staged_id else None
    if file is None:
        raise NotFound
    with open_file(file) as source:
        return list(staged_lines(source, start=found.cursor, most=most))


def _take(session: AnySession, found: Import, lines: Sequence[StagedLine]) -> None:
    installation = get_installation(session, found.installation_id)
    app = running_app(session, installation)
    kind = app.record_type(found.record_type)
    mapping = read_mapping(found.mapping)
    # The app may have another version than when the mapping was made.
    check_mapping(mapping, app.definition, kind, [str(column["name"]) for column in found.columns])
    at = now()
    drafts = Maker(app, kind, mapping, at, actor_of(found)).make_all(lines)
    _skip_known(session, found, drafts)
    Neighbourhood(app, kind).mark(drafts, skip=mapping.duplicates == "skip")
    wanted = [draft for draft in drafts if not draft.refused and not draft.skipped]
    if wanted:
        require_room(session, Resource.RECORDS, adding=len(wanted))
    ids = Storing(app, kind, mapping, actor_of(found), found, at).store(wanted)
    rows = [_line(found, draft, ids.get(draft.line)) for draft in drafts]
    session.execute(insert(ImportLine), rows)
    found.imported += len(ids)
    found.refused += sum(draft.refused for draft in drafts)
    found.skipped += sum(draft.skipped for draft in drafts)
    found.warned += sum(bool(draft.notes) for draft in wanted)


def known_sources(session: AnySession, found: Import, keys: Sequence[str]) -> set[str]:
    """Which of these sources have been imported into the record type before."""
    query = select(ImportLine.source_key).where(
        ImportLine.tenant_id == found.tenant_id,
        ImportLine.installation_id == found.installation_id,
        ImportLine.record_type == found.record_type,
        ImportLine.source_key.in_(keys),
    )
    return {key for key in session.scalars(query) if key is not None}


def _skip_known(session: AnySession, found: Import, drafts: Sequence[Draft]) -> None:
    known = known_sources(session, found, [draft.source_key for draft in drafts])
    for draft in drafts:
        if draft.refused:
            continue
        if draft.source_key in known:
            draft.notes.clear()
            draft.warn("already")
            draft.skipped = True
        known.add(draft.source_key)


def _line(found: Import, draft: Draft, record_id: UUID | None) -> dict[str, Any]:
    outcome = LineOutcome.REFUSED if draft.refused else LineOutcome.SKIPPED if draft.skipped else LineOutcome.IMPORTED
    return {
        "tenant_id": found.tenant_id,
        "id": new_id(),
        "import_id": found.id,
        "installation_id": found.installation_id,
        "record_type": found.record_type,
        "line": draft.line,
        "outcome": outcome.value,
        "source_key": draft.source_key if record_id is not None else None,
        "record_id": record_id,
        "notes": [note.as_json() for note in draft.notes],
        "original": dict(draft.original) if draft.refused else None,
    }


def actor_of(found: Import) -> Actor:
    """Who an import is by: an administrator, or the platform where it was started by a command."""
    if found.account_id is None:
        return SYSTEM
    return Actor(kind="member", account_id=found.account_id, name=found.actor_name, roles=frozenset({"tenant_admin"}))


def _finish(session: AnySession, found: Import) -> None:
    found.status, found.finished_at, found.problem = ImportStatus.DONE.value, now(), None
    record_audit(
        session,
        "import.finished",
        subject_type="import",
        subject_id=found.id,
        after={
            "file": found.file_name,
            "imported": found.imported,
            "refused": found.refused,
            "skipped": found.skipped,
        },
    )
