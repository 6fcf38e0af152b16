"""The paper that an officer shows with a claim: a PDF or a photo, kept in the claim itself."""

from __future__ import annotations

from dataclasses import dataclass

from lumbung.errors import Invalid
from lumbung.files.kinds import HEAD_BYTES, safe_name, sniff
from lumbung.i18n import Text
from lumbung.images import reencode_photo

MOST_BYTES = 5_000_000
_LARGE = Text(
    "Berkas lebih besar dari 5 MB. Kirim pindaian yang lebih kecil.",
    "The file is larger than 5 MB. Send a smaller scan.",
)
_KIND = Text(
    "Kirim PDF atau foto (JPEG, PNG, WebP). Jenis berkas lain tidak kami buka.",
    "Send a PDF or a photo (JPEG, PNG, WebP). We do not open other kinds of file.",
)


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A file that was looked at: its name, the type its bytes show, and its bytes."""

    name: str
    content_type: str
    data: bytes


def check_evidence(data: bytes, name: str) -> EvidenceFile:
    """The file as it may be kept; a photo is written anew without its metadata.

    Raises Invalid with the field `evidence_file` when it is larger than `MOST_BYTES` or neither PDF nor photo.
    """
    if len(data) > MOST_BYTES:
        raise _refused(_LARGE)
    kind = sniff(data[:HEAD_BYTES])
    if kind == "application/pdf":
        return EvidenceFile(safe_name(name), kind, data)
    if kind is None:
        raise _refused(_KIND)
    try:
        photo = reencode_photo(data, max_bytes=MOST_BYTES)
    except Invalid as error:
        raise _refused(error.message) from error
    return EvidenceFile(f"{safe_name(name).rpartition('.')[0] or 'bukti'}.jpg", photo.content_type, photo.data)


def _refused(message: Text) -> Invalid:
    return Invalid(fields={"evidence_file": [str(message)]})
