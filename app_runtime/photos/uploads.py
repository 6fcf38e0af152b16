"""Files that came with a form: made safe, stored at once, and kept while the rest of the form is corrected.

A stored file that no record claims is collected after a day. What the browser holds of it is a signed name that is
good for this municipality only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any
from uuid import UUID

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.datastructures import FileStorage

from app_catalog.definitions.model import Field
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import Invalid, TooLarge
from lumbung.files import StoredFile, find_file, store_file, store_photo
from lumbung.files.kinds import safe_name
from lumbung.i18n import Text, t

DAY = 24 * 60 * 60
DRAFT = "form_draft"
"""What a file belongs to while the form that it came with is a draft on the server."""
MOST_FILES = 10
"""How many files one field takes when its definition says nothing."""
LARGEST_FILE = 10 * 1_048_576
_TOO_LARGE = Text(
    "Berkas lebih besar dari {limit} MB. Pilih yang lebih kecil.",
    "The file is larger than {limit} MB. Choose a smaller one.",
)
_WRONG_KIND = Text("Jenis berkas ini tidak diterima di sini.", "Files of this kind are not accepted here.")


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A stored file that waits for its record; `token` is what the form carries, `digest` that of what was sent."""

    file_id: UUID
    name: str
    token: str
    digest: str
    is_photo: bool


@dataclass(frozen=True, slots=True)
class Received:
    """The files of one field, and what was wrong with others."""

    kept: tuple[KeptFile, ...]
    errors: tuple[str, ...]

    @property
    def ids(self) -> list[UUID]:
        """Ids of the stored files in their order."""
        return [file.file_id for file in self.kept]


def receive_files(
    session: AnySession,
    spec: Field,
    uploads: Iterable[FileStorage],
    tokens: Sequence[str],
    *,
    uploaded_by: UUID | None = None,
) -> Received:
    """What a field holds now: files kept from before by their tokens, then new ones, each stored or refused by itself.

    Nothing is lost by one bad file: its text names it, the others are kept. Photos are written anew. The caller
    commits, so that they survive an answer that refuses the form.
    """
    kept = [found for token in tokens[:MOST_FILES] if (found := read_token(session, token)) is not None]
    errors: list[str] = []
    if len(kept) < len(tokens):
        errors.append(
            t("Ada foto yang sudah tidak tersimpan; pilih lagi.", "A photo is no longer kept; choose it again.")
        )
    most = spec.max_count or MOST_FILES
    left_out = 0
    for upload in uploads:
        if not upload.filename:
            continue
        if len(kept) >= most:
            left_out += 1
            continue
        try:
            file = _keep(session, spec, upload, {one.digest for one in kept}, uploaded_by)
        except (Invalid, TooLarge) as error:
            errors.append(f"{safe_name(upload.filename)}: {error.message}")
            continue
        if file is not None:
            kept.append(file)
    if left_out:
        errors.append(
            t(
                "Paling banyak {most} berkas; {n} berkas terakhir tidak diambil. Hapus centang pada yang lain bila "
                "ingin menggantinya.",
                "At most {most} files; the last {n} were left out. Untick others if you want to replace them.",
                most=most,
                n=left_out,
            )
        )
    return Received(tuple(kept[:most]), tuple(errors))


def read_token(session: AnySession, token: str) -> KeptFile | None:
    """The file that a form carries, or None when it is not there any more, belongs to a record, or was never ours."""
    try:
        tenant, file_id, name, digest = _signer().loads(token, max_age=DAY)
    except (BadSignature, ValueError):
        return None
    if tenant != str(current_tenant(session)):
        return None
    file = find_file(session, UUID(file_id))
    if file is None or file.subject_type not in (None, DRAFT):
        return None
    return KeptFile(file.id, name, token, digest, file.thumbnail_id is not None)


def keep_again(session: AnySession, file_id: UUID, name: str, digest: str) -> KeptFile | None:
    """A stored file that a draft names, good for another day in a form; None when it is not there any more."""
    return read_token(session, _token(str(current_tenant(session)), str(file_id), name, digest))


def store_upload(
    session: AnySession,
    spec: Field,
    upload: FileStorage,
    *,
    uploaded_by: UUID | None = None,
    known: Collection[str] = (),
) -> tuple[StoredFile, str] | None:
    """One file of a form, made safe and stored, and the SHA-256 of what was sent; None when that is among `known`.

    Photos are written anew. Raises Invalid for what the field does not take, TooLarge for more than it takes.
    """
    largest = spec.max_size or LARGEST_FILE
    data = upload.stream.read(largest + 1)
    if len(data) > largest:
        raise TooLarge(_TOO_LARGE.format(limit=round(largest / 1_048_576)))
    # A form that was sent twice brings the same photo again.
    digest = hashlib.sha256(data).hexdigest()
    if digest in known:
        return None
    kept: dict[str, Any] = {"name": safe_name(upload.filename or ""), "uploaded_by": uploaded_by, "max_bytes": largest}
    declared = upload.mimetype or "application/octet-stream"
    only_photos = bool(spec.accept) and all(pattern.startswith("image/") for pattern in spec.accept)
    if only_photos or declared.startswith("image/"):
        return store_photo(session, data, **kept), digest
    stored = store_file(session, data=data, content_type=declared, kind="document", **kept)
    if spec.accept and not any(fnmatchcase(stored.content_type, pattern) for pattern in spec.accept):
        raise Invalid(_WRONG_KIND)
    return stored, digest


def _keep(
    session: AnySession, spec: Field, upload: FileStorage, known: set[str], uploaded_by: UUID | None
) -> KeptFile | None:
    found = store_upload(session, spec, upload, uploaded_by=uploaded_by, known=known)
    if found is None:
        return None
    stored, digest = found
    name = safe_name(upload.filename or "")
    token = _token(str(stored.tenant_id), str(stored.id), name, digest)
    return KeptFile(stored.id, name, token, digest, stored.thumbnail_id is not None)


def _token(*parts: str) -> str:
    return str(_signer().dumps(list(parts)))


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt="lumbung.uploads")
