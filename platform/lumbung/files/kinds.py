"""What a file is, by its first bytes and not by what its sender says."""

from __future__ import annotations

import re
import unicodedata

from lumbung.files.errors import UnsuitableFile

SAFE_INLINE = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "application/pdf"})
"""What a browser may show in place: raster images and PDF, nothing that can run a script in our name."""

OPAQUE = "application/octet-stream"
HEAD_BYTES = 1024

_PREFIXES = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}
_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,63}/[a-z0-9][a-z0-9.+-]{0,99}")
# These would run script, or pull in others' content, if a browser ever showed them as what they are.
_ACTIVE = re.compile(r"html|xml|svg|script|ecma|multipart|message/|wasm|flash|x-sh|msdownload")
_LONGEST_NAME = 150


def sniff(head: bytes) -> str | None:
    """The type that the first bytes show, for the types that may be shown in place; else None."""
    for prefix, content_type in _PREFIXES.items():
        if head.startswith(prefix):
            return content_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    # Readers of PDF accept its mark anywhere within the first kilobyte (ISO 32000-1, annex H.3.4.1).
    return "application/pdf" if b"%PDF-" in head else None


def settle_content_type(head: bytes, declared: str) -> str:
    """The type under which a file is kept: what its bytes show, else what was declared if that is harmless,
    else `application/octet-stream`. Raises UnsuitableFile when a declared image or PDF is none."""
    plain = declared.split(";", 1)[0].strip().lower()
    seen = sniff(head)
    if seen is not None:
        return seen
    if plain in SAFE_INLINE:
        raise UnsuitableFile
    if not _TYPE.fullmatch(plain) or _ACTIVE.search(plain):
        return OPAQUE
    return plain


def safe_name(name: str) -> str:
    """A file name to show and to offer for saving: no folders, no control or direction characters, not
    endless.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kinds = ((c, unicodedata.category(c)) for c in last)
    visible = "".join(c for c, kind in kinds if kind[0] != "C" and kind not in ("Zl", "Zp")).strip(" .")
    if len(visible) > _LONGEST_NAME:
        stem, dot, ending = visible.rpartition(".")
        keep_ending = dot and len(ending) <= 10
        visible = stem[: _LONGEST_NAME - 11] + dot + ending if keep_ending else visible[:_LONGEST_NAME]
    return visible or "berkas"
