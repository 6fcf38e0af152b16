"""Joining a record, leaving it again, and how many there are."""

from __future__ import annotations

import json
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from app_catalog.definitions.model import RecordType
from app_runtime.joining.models import RecordJoin
from app_runtime.records.models import Record
from app_runtime.records.running_app import RunningApp
from lumbung import codes
from lumbung.db import now
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import Conflict, Invalid, NotFound
from lumbung.i18n import Text, current_language
from lumbung.ids import new_id
from lumbung.messages.mail import clean_address
from lumbung.secrets import blind_index, encrypt

_CLOSED = Text(
    "Yang sudah ditutup tidak dapat diikuti lagi. Bila terjadi lagi, kirim yang baru.",
    "What is closed can be joined no more. If it happens again, send a new one.",
)


def may_be_joined(kind: RecordType) -> bool:
    """Whether records of this kind can be joined: as the version says that they run on."""
    return kind.duplicates is not None and kind.duplicates.join


def person_of(record_id: UUID, who: str) -> str:
    """The digest of somebody (an account's id, or what a browser keeps) for one record."""
    return blind_index(f"{record_id}:{who}", "record_joins:person")


def join_record(session: AnySession, app: RunningApp, record: Record, *, who: str, email: str = "") -> bool:
    """Let somebody join a record; whether they had not already. With an address they are told of each new state.

    Raises NotFound for a kind that cannot be joined, Conflict when the app is off or the record is closed, Invalid for
    an address that is none.
    """
    if not may_be_joined(app.record_type(record.record_type)):
        raise NotFound
    if app.installation.status != "enabled" or not record.open:
        raise Conflict(_CLOSED)
    # A record that is closed or merged meanwhile waits for this, or is found so.
    locked = select(Record.open).where(Record.tenant_id == record.tenant_id, Record.id == record.id)
    if not session.scalar(locked.with_for_update(read=True)):
        raise Conflict(_CLOSED)
    row_id, sealed, digest = new_id(), None, None
    if email.strip():
        try:
            address = clean_address(email)
        except Invalid as error:
            raise Invalid(fields={"email": [one for found in error.fields.values() for one in found]}) from error
        code = codes.new_code()
        digest = leave_digest(code)
        sealed = encrypt(json.dumps([address, code]), context=letter_context(record.tenant_id, row_id))
    made = session.execute(
        insert(RecordJoin)
        .values(
            tenant_id=record.tenant_id,
            id=row_id,
            record_id=record.id,
            person=person_of(record.id, who),
            sealed=sealed,
            sealed_person=encrypt(who, context=person_context(record.tenant_id, row_id)),
            leave_digest=digest,
            language=current_language(),
            created_at=now(),
        )
        .on_conflict_do_nothing()
        .returning(RecordJoin.id)
    ).scalar()
    return made is not None


def leave_record(session: AnySession, record: Record, *, who: str) -> None:
    """Forget that somebody joined; nothing happens to who had not."""
    session.execute(
        delete(RecordJoin).where(
            RecordJoin.tenant_id == record.tenant_id,
            RecordJoin.record_id == record.id,
            RecordJoin.person == person_of(record.id, who),
        )
    )


def find_join(session: AnySession, code: str) -> RecordJoin:
    """The row that a letter's code leaves. Raises NotFound."""
    found = session.scalar(
        select(RecordJoin).where(
            RecordJoin.tenant_id == current_tenant(session), RecordJoin.leave_digest == leave_digest(code)
        )
    )
    if found is None:
        raise NotFound
    return found


def has_joined(session: AnySession, record: Record, *, who: str) -> bool:
    """Whether somebody has joined a record."""
    found = select(RecordJoin.id).where(
        RecordJoin.tenant_id == record.tenant_id,
        RecordJoin.record_id == record.id,
        RecordJoin.person == person_of(record.id, who),
    )
    return session.scalar(found) is not None


def count_joined(session: AnySession, record_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many have joined, by record; those whom nobody joined are not among them."""
    ids = list(record_ids)
    if not ids:
        return {}
    rows = session.execute(
        select(RecordJoin.record_id, func.count().label("joined"))
        .where(RecordJoin.tenant_id == current_tenant(session), RecordJoin.record_id.in_(ids))
        .group_by(RecordJoin.record_id)
    )
    return {row.record_id: row.joined for row in rows}


def leave_digest(code: str) -> str:
    """What a code is found by, however it was typed."""
    return blind_index(codes.normalise(code) or "", "record_joins:leave")


def person_context(tenant_id: UUID, row_id: UUID) -> str:
    """What it is sealed for who joined."""
    return f"record_joins:{tenant_id}:{row_id}:person"


def letter_context(tenant_id: UUID, row_id: UUID) -> str:
    """What the address is sealed for."""
    return f"record_joins:{tenant_id}:{row_id}:letter"
