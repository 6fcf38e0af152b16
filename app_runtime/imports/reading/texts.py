"""The text of a file whose encoding nobody stated."""

from __future__ import annotations

import codecs

from app_runtime.imports.errors import unreadable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode_text(data: bytes) -> str:
    """The text: by its byte order mark, else UTF-8, else what Excel writes on Windows (cp1252).

    Raises UnreadableFile when the bytes are no text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                break
    if b"\x00" in data[:100_000]:
        raise unreadable(
            "Berkas ini bukan teks. Simpan sebagai CSV UTF-8, XLSX atau GeoJSON.",
            "This file is no text. Save it as CSV UTF-8, XLSX or GeoJSON.",
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        # Five bytes mean nothing in cp1252; whoever wrote one of them meant something else.
        return data.decode("cp1252", "replace")
