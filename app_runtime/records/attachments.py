"""Files in the fields of records: claimed, checked, hidden, blurred."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app_catalog.definitions.model import Field
from app_runtime.records.answers import Channel, Files
from app_runtime.records.errors import invalid_answers
from app_runtime.records.models import Record, RecordFile
from lumbung.db.tenancy import AnySession
from lumbung.files import StoredFile, attach_file, find_file
from lumbung.i18n import t

SUBJECT = "record"


def with_files(values: Mapping[str, Any], files: Files | None) -> dict[str, Any]:
    """The values as sent, with the ids of files in their fields."""
    return {**values, **{name: [str(file_id) for file_id in ids] for name, ids in (files or {}).items()}}


def attach_files(
    session: AnySession, record: Record, fields: Mapping[str, Field], values: Mapping[str, Any], *, channel: Channel
) -> None:
    """Let the files that `values` name belong to the record. Those of a field replace what it held before.

    Raises Invalid when a file is not there, belongs to something else, or is not of a kind or size that the field
    takes. In a scenario files are mere names.
    """
    if channel == "scenario":
        return
    for name, spec in fields.items():
        if spec.type != "files" or name not in values:
            continue
        ids = values[name] or []
        kept = {row.file_id: row for row in list_record_files(session, record, field=name)}
        for position, text in enumerate(ids):
            file = _file_for(session, spec, text)
            if file.id in kept:
                kept.pop(file.id).position = position
                continue
            attach_file(session, file, SUBJECT, record.id)
            session.add(
                RecordFile(
                    tenant_id=record.tenant_id,
                    record_id=record.id,
                    field=name,
                    position=position,
                    file_id=file.id,
                    thumbnail_id=file.thumbnail_id,
                )
            )
        for row in kept.values():
            session.delete(row)
    session.flush()


def list_record_files(session: AnySession, record: Record, *, field: str | None = None) -> list[RecordFile]:
    """The files of a record in the order of their fields."""
    query = select(RecordFile).where(RecordFile.tenant_id == record.tenant_id, RecordFile.record_id == record.id)
    if field is not None:
        query = query.where(RecordFile.field == field)
    return list(session.scalars(query.order_by(RecordFile.field, RecordFile.position)))


def files_of_records(session: AnySession, records: Iterable[Record]) -> dict[UUID, list[RecordFile]]:
    """The files of many records by record id, in one query."""
    ids = {record.id: record.tenant_id for record in records}
    found: dict[UUID, list[RecordFile]] = {record_id: [] for record_id in ids}
    if not ids:
        return found
    query = select(RecordFile).where(
        RecordFile.tenant_id == next(iter(ids.values())), RecordFile.record_id.in_(list(ids))
    )
    for row in session.scalars(query.order_by(RecordFile.field, RecordFile.position)):
        found[row.record_id].append(row)
    return found


def _file_for(session: AnySession, spec: Field, text: str) -> StoredFile:
    try:
        file = find_file(session, UUID(text))
    except ValueError:
        file = None
    if file is None:
        gone = t("Berkas ini tidak ada lagi; pilih lagi.", "This file is no longer there; choose it again.")
        raise invalid_answers({spec.id: [gone]}, missing=False)
    if spec.accept and not any(fnmatchcase(file.content_type, pattern) for pattern in spec.accept):
        wrong = t("Jenis berkas ini tidak diterima di sini.", "Files of this kind are not accepted here.")
        raise invalid_answers({spec.id: [wrong]}, missing=False)
    if spec.max_size is not None and file.size > spec.max_size:
        large = t("Berkas terlalu besar.", "The file is too large.")
        raise invalid_answers({spec.id: [large]}, missing=False)
    return file
