"""The seal of a municipality: uploaded, shown publicly, taken away."""

from __future__ import annotations

import io
from functools import partial

from PIL import Image, UnidentifiedImageError

from lumbung.audit import record_audit
from lumbung.db.tenancy import AnySession
from lumbung.decoding import decode_in_turn
from lumbung.errors import Invalid, NotFound
from lumbung.files import attach_file, detach_file, find_file, store_file
from lumbung.files.kinds import HEAD_BYTES, sniff
from lumbung.files.models import FileKind, StoredFile
from lumbung.i18n import Text
from lumbung.images import pixel_limit
from tenants.municipalities.models import Municipality
from tenants.plans.catalogue import Resource
from tenants.plans.stopping import require_room

MOST_BYTES = 2_000_000
LONGEST_EDGE = 512
_KINDS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}
_LARGE = Text("Gambar lebih besar dari 2 MB. Perkecil dahulu.", "The picture is larger than 2 MB. Make it smaller.")
_SVG = Text(
    "SVG tidak diterima karena dapat memuat program. Simpan lambang sebagai PNG, lalu unggah lagi.",
    "SVG is not taken because it can carry programs. Save the seal as PNG and upload it again.",
)
_KIND = Text("Kirim gambar PNG, JPEG, atau WebP.", "Send a PNG, JPEG or WebP picture.")
_DAMAGED = Text("Gambar rusak atau terlalu besar ukurannya.", "The picture is damaged or has too many pixels.")


def set_seal(session: AnySession, municipality: Municipality, data: bytes, *, name: str) -> StoredFile:
    """Show this picture as the municipality's seal: drawn anew as PNG, with its transparency and nothing else of it.

    Raises Invalid with the field `seal` when it is no PNG, JPEG or WebP (SVG can run programs), larger than
    `MOST_BYTES`, or damaged; QuotaReached and NoRoomLeft where the municipality's files reach their limit.
    """
    picture = _redrawn(data)
    require_room(session, Resource.FILES, adding=len(data))
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    file = store_file(
        session,
        data=out.getvalue(),
        name=f"{name.rpartition('.')[0] or 'lambang'}.png",
        content_type="image/png",
        kind=FileKind.SEAL,
        public=True,
        size_in_pixels=picture.size,
    )
    attach_file(session, file, "municipality", municipality.id)
    before = _let_go(session, municipality)
    municipality.seal_file_id = file.id
    session.flush()
    _audit(session, municipality, before=before, after=str(file.id))
    return file


def remove_seal(session: AnySession, municipality: Municipality) -> None:
    """Show the municipality's initials again. Nothing happens without a seal."""
    before = _let_go(session, municipality)
    if before is None:
        return
    municipality.seal_file_id = None
    session.flush()
    _audit(session, municipality, before=before, after=None)


def get_seal(session: AnySession, municipality: Municipality) -> StoredFile:
    """The seal's file. Raises NotFound when the municipality shows none."""
    file = find_file(session, municipality.seal_file_id) if municipality.seal_file_id else None
    if file is None or not file.public:
        raise NotFound
    return file


def _let_go(session: AnySession, municipality: Municipality) -> str | None:
    before = municipality.seal_file_id
    file = find_file(session, before) if before else None
    if file is not None:
        detach_file(session, file)
    return str(before) if before else None


def _redrawn(data: bytes) -> Image.Image:
    if len(data) > MOST_BYTES:
        raise _refused(_LARGE)
    kind = _KINDS.get(sniff(data[:HEAD_BYTES]) or "")
    if kind is None:
        looks_like_svg = b"<svg" in data[:HEAD_BYTES].lower() or data.lstrip()[:5].lower() == b"<?xml"
        raise _refused(_SVG if looks_like_svg else _KIND)
    return decode_in_turn(partial(_decoded, data, kind))


def _decoded(data: bytes, kind: str) -> Image.Image:
    try:
        with Image.open(io.BytesIO(data), formats=[kind]) as picture:
            if picture.width * picture.height > pixel_limit(picture):
                raise _refused(_DAMAGED)
            picture.thumbnail((LONGEST_EDGE, LONGEST_EDGE), Image.Resampling.LANCZOS)
            layered = picture.convert("RGBA")
    except (
        OSError,
        SyntaxError,
        ValueError,
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise _refused(_DAMAGED) from error
    # Only the pixels go over to a fresh picture, so no comment, profile or EXIF block can follow them.
    clean = Image.new("RGBA", layered.size)
    clean.paste(layered)
    return clean


def _refused(message: Text) -> Invalid:
    return Invalid(fields={"seal": [str(message)]})


def _audit(session: AnySession, municipality: Municipality, *, before: str | None, after: str | None) -> None:
    record_audit(
        session,
        "municipality.seal",
        subject_type="municipality",
        subject_id=municipality.id,
        before={"file": before},
        after={"file": after},
    )
