"""Files sent with an action: kept at once, so that nobody sends them again when another answer is refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from werkzeug.datastructures import FileStorage, MultiDict

from app_catalog.definitions.model import Field
from app_runtime.photos.uploads import store_upload
from app_runtime.records.attachments import SUBJECT
from lumbung.db.tenancy import AnySession
from lumbung.errors import Invalid, TooLarge
from lumbung.files import StoredFile, find_file

MOST_FILES = 20
"""No more than this are taken from one field of one submission; a definition's own limit is checked afterwards."""


@dataclass
class Uploads:
    """Ids of stored files by field, those sent now and those kept from an earlier try; what was refused and why."""

    files: dict[str, list[UUID]] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)


def take_uploads(
    session: AnySession,
    fields: Iterable[Field],
    form: MultiDict[str, str],
    sent: MultiDict[str, FileStorage],
    *,
    prefix: str,
    account_id: UUID | None,
) -> Uploads:
    """Store what was sent for the files fields.

    Kept files are taken only from the one who sent them. The same photo sent again by a form that was shown anew
    counts once. A file that cannot be taken is an error of its field; the others stay.
    """
    uploads = Uploads()
    for spec in fields:
        if spec.type != "files":
            continue
        name = f"{prefix}.{spec.id}"
        found = _kept(session, form.getlist(f"{name}.kept"), account_id)
        for upload in [one for one in sent.getlist(name) if one.filename][:MOST_FILES]:
            try:
                stored = store_upload(session, spec, upload, uploaded_by=account_id)
            except (Invalid, TooLarge) as error:
                uploads.errors.setdefault(spec.id, []).append(f"{upload.filename}: {error.message}")
                continue
            if stored is not None:
                found.append(stored[0])
        unique = {file.sha256: file.id for file in reversed(found)}
        uploads.files[spec.id] = [file.id for file in found if unique[file.sha256] == file.id]
    return uploads


def _kept(session: AnySession, ids: Iterable[str], account_id: UUID | None) -> list[StoredFile]:
    found = []
    for text in list(ids)[:MOST_FILES]:
        try:
            file = find_file(session, UUID(text))
        except ValueError:
            continue
        if file is not None and file.uploaded_by == account_id and file.subject_type in (None, SUBJECT):
            found.append(file)
    return found
