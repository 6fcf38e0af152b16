"""Personal values are erased when their retention is over, counted from the last activity (Law 27/2022, article 43).

Every record is judged by the definition that it runs on. A record that is still being handled keeps its values however
old it is: its purpose is not over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, cast, func, null, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB

from app_catalog.definitions.computed_order import computed_from
from app_catalog.definitions.model import Definition, PersonalData, RecordType
from app_catalog.installations.definitions import definitions_in_use
from app_catalog.installations.models import Installation
from app_catalog.installations.names import shown_name
from app_catalog.installations.services import list_installations
from app_runtime.documents.erasing import erase_documents
from app_runtime.holding.enforcing import count_again
from app_runtime.indexing.entries import keep_entries_again
from app_runtime.records.actors import SYSTEM
from app_runtime.records.change import Change
from app_runtime.records.deriving import search_text
from app_runtime.records.erasure import erase_person
from app_runtime.records.landmarks import keep_landmark
from app_runtime.records.models import Record, RecordFile
from app_runtime.records.permissions import title_fields
from app_runtime.records.places import place_of
from app_runtime.records.running_app import running_app
from app_runtime.records.values import field_values, store_values
from app_runtime.upgrades.models import MovedRecord
from lumbung.audit import record_audit
from lumbung.db import now
from lumbung.db.tenancy import AnySession
from lumbung.files import detach_file, find_file
from lumbung.outbox import periodic

BATCH = 200
MOST_AT_ONCE = 5_000
"""Records of one app that one run erases; the next day goes on."""
SOON = timedelta(days=30)
_DAILY = 24 * 3600


@dataclass(frozen=True, slots=True)
class Kept:
    """What an app keeps of people: why and how long, of how many records, and when it erases.

    `due` records are erased with the next run, `soon` ones within thirty days; `next_at` is when the next one after
    that is due, None when none is waiting. `open` ones are still being handled and wait for their end.
    """

    slug: str
    name: str
    personal_data: PersonalData
    held: int
    open: int
    due: int
    soon: int
    next_at: datetime | None


def list_kept(session: AnySession) -> list[Kept]:
    """What each app of the session's municipality keeps of people, the disabled ones too."""
    found = []
    for installation in list_installations(session, with_disabled=True):
        for definition in definitions_in_use(session, installation):
            kept = _kept(session, installation, definition)
            if kept is not None and (kept.held or definition.digest == installation.definition_digest):
                found.append(kept)
    return found


def erase_expired(session: AnySession) -> int:
    """Erase what is over in the session's municipality; returns of how many records. A second run finds nothing."""
    erased = 0
    for installation in list_installations(session, with_disabled=True):
        for definition in definitions_in_use(session, installation):
            if definition.personal_data is None:
                continue
            before = now() - timedelta(seconds=definition.personal_data.retention.seconds)
            count = sum(
                _erase(session, installation, batch) for batch in _expired(session, installation, definition, before)
            )
            if count:
                record_audit(
                    session,
                    "retention.erased",
                    subject_type="installation",
                    subject_id=installation.id,
                    after={"records": count, "version": definition.version, "inactive_since": before.isoformat()},
                )
            erased += count
    return erased


def _holds_personal() -> ColumnElement[bool]:
    return or_(
        Record.created_by.is_not(None),
        Record.tracking_digest.is_not(None),
        Record.private != cast({}, JSONB),
    )


def _of(installation: Installation, definition: Definition) -> tuple[ColumnElement[bool], ...]:
    return (
        Record.tenant_id == installation.tenant_id,
        Record.installation_id == installation.id,
        Record.definition_digest == definition.digest,
        _holds_personal(),
    )


def _over(definition: Definition) -> ColumnElement[bool]:
    """Whether the record's work is done: it is closed, or of a type that is never closed."""
    endless = [kind.id for kind in definition.records.values() if kind.workflow is None]
    return or_(Record.open.is_(False), Record.record_type.in_(endless))


def _expired(
    session: AnySession, installation: Installation, definition: Definition, before: datetime
) -> Iterator[list[Record]]:
    query = (
        select(Record)
        .where(*_of(installation, definition), _over(definition), Record.updated_at <= before)
        .order_by(Record.updated_at, Record.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    for _ in range(MOST_AT_ONCE // BATCH):
        rows = list(session.scalars(query))
        if not rows:
            return
        yield rows


def _erase(session: AnySession, installation: Installation, records: list[Record]) -> int:
    app = running_app(session, installation, digest=records[0].definition_digest)
    for record in records:
        kind = app.definition.records.get(record.record_type)
        private = _personal(kind) if kind else frozenset()
        if private:
            erase_documents(session, record)
        _drop_files(session, record, private)
        session.execute(
            update(MovedRecord)
            .where(MovedRecord.tenant_id == record.tenant_id, MovedRecord.record_id == record.id)
            .values(private=null())
            .execution_options(synchronize_session=False)
        )
        erase_person(session, record)
        if kind is not None:
            store_values(record, kind.fields, dict.fromkeys(private))
            if title_fields(kind) & private:
                record.title = record.number or ""
            _forget_place(record, kind, private)
            record.search_text = search_text(record, kind)
            change = Change(app, record, SYSTEM)
            keep_entries_again(change)
            count_again(change)
    session.flush()
    return len(records)


def _forget_place(record: Record, kind: RecordType, private: frozenset[str]) -> None:
    """Take away where somebody was: the place of a private point on maps, and its landmark."""
    for name in private:
        if kind.fields[name].type == "point":
            keep_landmark(record, name, "")
    record.place_lon, record.place_lat = place_of(kind, field_values(record, kind)) or (None, None)


def _personal(kind: RecordType) -> frozenset[str]:
    """Private fields, and those that are worked out of them."""
    private = frozenset(field.id for field in kind.fields.values() if field.private)
    formulas = {field.id: field.computed.source for field in kind.fields.values() if field.computed is not None}
    return private | computed_from(formulas, private)


def _drop_files(session: AnySession, record: Record, fields: frozenset[str]) -> None:
    if not fields:
        return
    query = select(RecordFile).where(
        RecordFile.tenant_id == record.tenant_id,
        RecordFile.record_id == record.id,
        or_(RecordFile.field.in_(fields), func.split_part(RecordFile.field, ":", 1).in_(fields)),
    )
    for row in session.scalars(query).all():
        for file_id in (row.file_id, row.blurred_file_id):
            file = find_file(session, file_id) if file_id else None
            if file is not None:
                detach_file(session, file)
        session.delete(row)


def _kept(session: AnySession, installation: Installation, definition: Definition) -> Kept | None:
    if definition.personal_data is None:
        return None
    span = timedelta(seconds=definition.personal_data.retention.seconds)
    over, limit = _over(definition), now() - span
    row = session.execute(
        select(
            func.count(),
            func.count().filter(~over),
            func.count().filter(over, Record.updated_at <= limit),
            func.count().filter(over, Record.updated_at > limit, Record.updated_at <= limit + SOON),
            func.min(Record.updated_at).filter(over, Record.updated_at > limit),
        ).where(*_of(installation, definition))
    ).one()
    held, still_open, due, soon, oldest = row
    return Kept(
        slug=installation.slug,
        name=shown_name(installation, definition),
        personal_data=definition.personal_data,
        held=held,
        open=still_open,
        due=due,
        soon=soon,
        next_at=oldest + span if oldest else None,
    )


@periodic(_DAILY, name="erase-expired")
def _daily(session: AnySession) -> None:
    erase_expired(session)
