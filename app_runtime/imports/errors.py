"""Why a file, a mapping or an import is refused."""

from __future__ import annotations

from lumbung.errors import Conflict, Invalid, TooLarge
from lumbung.i18n import Text


class UnreadableFile(Invalid):
    """The file as a whole cannot be imported; the message says what would help."""

    slug = "unreadable-file"
    title = Text("Berkas tidak dapat dibaca", "The file cannot be read")


def unreadable(id: str, en: str) -> UnreadableFile:
    """The file as a whole is of no use, for this reason."""
    text = Text(id, en)
    return UnreadableFile(text, fields={"file": [str(text)]})


def file_too_large(megabytes: int) -> TooLarge:
    """The file is larger than an import takes."""
    return TooLarge(
        Text(
            "Berkas paling besar {n} MB. Bagi menjadi beberapa berkas.",
            "A file has at most {n} MB. Split it into several files.",
        ).format(n=megabytes)
    )


def wrong_status() -> Conflict:
    """The import is in a state in which this is not possible."""
    return Conflict(
        Text(
            "Impor ini sudah berjalan atau selesai. Muat ulang halaman untuk melihat keadaannya.",
            "This import is under way or over already. Reload the page to see how it stands.",
        )
    )
