"""Files that prove what an evaluation says, by criterion: PDF, pictures, XLSX (ADR 0039).

They are the municipality's. Who else reads them: the app's publisher, who opened the campaign, curators; everybody only
where the municipality says so at submission (`SubmittedEvaluation.evidence_public`).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import Final
from uuid import UUID

from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from app_catalog.evaluations.models import Evaluation
from app_catalog.evaluations.rubric import rubric_from
from app_catalog.evaluations.services import lock_draft
from lumbung.audit import record_audit
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import Invalid, NotFound
from lumbung.files import FileKind, StoredFile, attach_file, detach_file, store_file, store_photo
from lumbung.files.kinds import HEAD_BYTES, OPAQUE, safe_name, sniff
from lumbung.i18n import Text
from lumbung.web.access import Visitor

SUBJECT: Final = "evaluation"
MOST_MB: Final = 5
MOST_BYTES: Final = MOST_MB * 1_000_000
MOST_FILES: Final = 5
"""So many files for each criterion."""
ACCEPTED: Final = ".pdf,.xlsx,.jpg,.jpeg,.png,.webp"
_MOST_MEMBERS: Final = 2_000
_MOST_INFLATED: Final = 100_000_000
_CONTENT_TYPES: Final = "[Content_Types].xml"
_WORKBOOK: Final = {_CONTENT_TYPES, "xl/workbook.xml"}
_LARGE = Text(
    "Berkas lebih besar dari {n} MB. Kirim yang lebih kecil.", "The file is larger than {n} MB. Send a smaller one."
).format(n=MOST_MB)
_KIND = Text(
    "Kirim PDF, gambar (JPEG, PNG, WebP), atau buku kerja XLSX tanpa makro. Jenis lain tidak kami terima.",
    "Send a PDF, a picture (JPEG, PNG, WebP) or an XLSX workbook without macros. Nothing else is taken.",
)
_MANY = Text("Paling banyak {n} berkas untuk satu kriteria.", "At most {n} files for one criterion.").format(
    n=MOST_FILES
)


def keep_evidence(
    session: AnySession, visitor: Visitor, evaluation: Evaluation, uploads: Mapping[str, Sequence[FileStorage]]
) -> None:
    """Keep what was sent for each criterion of a draft (`uploads`, by the criterion's id).

    Files that do not fit are left out, and Invalid is raised with an error per criterion when all were looked at.
    Raises Conflict when the evaluation was submitted.
    """
    draft = lock_draft(session, evaluation)
    kept = list_evidence(session, draft)
    errors: dict[str, list[str]] = {}
    for criterion in rubric_from(draft.rubric).criteria:
        found = len(kept.get(criterion.id, ()))
        for upload in uploads.get(criterion.id, ()):
            try:
                if found >= MOST_FILES:
                    raise Invalid(_MANY)
                file = _store(session, visitor, upload)
            except Invalid as error:
                errors.setdefault(f"evidence_{criterion.id}", []).append(str(error.message))
                continue
            attach_file(session, file, SUBJECT, _subject(draft.id, criterion.id))
            record_audit(
                session, "evaluation.evidence-added", subject_type="evaluation", subject_id=draft.id,
                after={"criterion": criterion.id, "file": str(file.id), "sha256": file.sha256},
            )  # fmt: skip
            found += 1
    if errors:
        raise Invalid(fields=errors)


def remove_evidence(session: AnySession, evaluation: Evaluation, file_ids: Iterable[str]) -> None:
    """Take files out of a draft; ids that are none of its files change nothing.

    Raises Conflict when the evaluation was submitted.
    """
    wanted = set(file_ids)
    if not wanted:
        return
    draft = lock_draft(session, evaluation)
    for files in list_evidence(session, draft).values():
        for file in files:
            if str(file.id) in wanted:
                detach_file(session, file)
                record_audit(
                    session, "evaluation.evidence-removed", subject_type="evaluation", subject_id=draft.id,
                    after={"file": str(file.id)},
                )  # fmt: skip


def list_evidence(session: AnySession, evaluation: Evaluation) -> dict[str, list[StoredFile]]:
    """The evaluation's files by the criterion that they are for, in the order in which they came."""
    subjects = {_subject(evaluation.id, one.id): one.id for one in rubric_from(evaluation.rubric).criteria}
    files = session.scalars(
        select(StoredFile)
        .where(
            StoredFile.tenant_id == current_tenant(session),
            StoredFile.subject_type == SUBJECT,
            StoredFile.subject_id.in_(subjects),
            StoredFile.kind != FileKind.THUMBNAIL,
        )
        .order_by(StoredFile.id)
        .execution_options(populate_existing=True)
    ).all()
    found: dict[str, list[StoredFile]] = {}
    for file in files:
        found.setdefault(subjects[str(file.subject_id)], []).append(file)
    return found


def get_evidence(session: AnySession, evaluation: Evaluation, file_id: UUID) -> StoredFile:
    """One of the evaluation's files; raises NotFound."""
    for files in list_evidence(session, evaluation).values():
        for file in files:
            if file.id == file_id:
                return file
    raise NotFound


def _subject(evaluation_id: UUID, criterion_id: str) -> str:
    return f"{evaluation_id}/{criterion_id}"


def _store(session: AnySession, visitor: Visitor, upload: FileStorage) -> StoredFile:
    data = upload.stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise Invalid(_LARGE)
    name = safe_name(upload.filename or "bukti")
    stem = PurePath(name).stem or "bukti"
    kind = sniff(data[:HEAD_BYTES])
    if kind == "application/pdf":
        # Other readers find the mark further on too, and so would whoever hides a page in a PDF.
        if not data.startswith(b"%PDF-"):
            raise Invalid(_KIND)
        return _keep(session, visitor, data, f"{stem}.pdf", kind)
    if kind is not None:
        return store_photo(
            session, data, name=name, uploaded_by=visitor.account_id, kind=FileKind.EVIDENCE, max_bytes=MOST_BYTES
        )
    if not _is_workbook(data):
        raise Invalid(_KIND)
    return _keep(session, visitor, data, f"{stem}.xlsx", OPAQUE)


def _keep(session: AnySession, visitor: Visitor, data: bytes, name: str, content_type: str) -> StoredFile:
    return store_file(
        session,
        data=data,
        name=name,
        content_type=content_type,
        kind=FileKind.EVIDENCE,
        uploaded_by=visitor.account_id,
        max_bytes=MOST_BYTES,
    )


def _is_workbook(data: bytes) -> bool:
    """Whether the bytes are an Office Open XML workbook (ECMA-376) that runs nothing; it is never opened here."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            names = {member.filename for member in members}
            if len(members) > _MOST_MEMBERS or not names >= _WORKBOOK:
                return False
            if sum(member.file_size for member in members) > _MOST_INFLATED:
                return False
            if any(member.flag_bits & 1 or "vbaproject" in member.filename.lower() for member in members):
                return False
            with archive.open(_CONTENT_TYPES) as types:
                declared = types.read(1_000_000)
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError, zipfile.LargeZipFile):
        return False
    return b"macroEnabled" not in declared and b"vbaProject" not in declared
