"""Taking away the documents of a record whose personal data are erased: they say what the record said."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, select

from app_runtime.documents.models import IssuedDocument
from app_runtime.records.models import Record, RecordFile
from lumbung.db.tenancy import AnySession
from lumbung.files import detach_file, find_file


def erase_documents(session: AnySession, record: Record) -> None:
    """Let go of every PDF that was made of a (locked) record, the replaced ones too.

    What is known of each stays: a paper that somebody holds can be verified by its code and its bytes.
    """
    query = select(IssuedDocument).where(
        IssuedDocument.tenant_id == record.tenant_id,
        IssuedDocument.record_id == record.id,
        IssuedDocument.file_id.is_not(None),
    )
    for document in session.scalars(query).all():
        file = find_file(session, document.file_id) if document.file_id else None
        document.file_id = None
        if file is None:
            continue
        session.execute(
            delete(RecordFile).where(
                RecordFile.tenant_id == record.tenant_id,
                RecordFile.record_id == record.id,
                RecordFile.file_id == file.id,
            )
        )
        record.data = {name: value for name, value in record.data.items() if not _holds(value, str(file.id))}
        # The row that names the file goes first.
        session.flush()
        detach_file(session, file)


def _holds(value: object, file_id: str) -> bool:
    return isinstance(value, Iterable) and not isinstance(value, str) and file_id in value
