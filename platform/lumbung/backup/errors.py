"""What can be wrong with an archive, or with the place that it is to be restored into."""

from __future__ import annotations

from lumbung.errors import Conflict, Invalid
from lumbung.i18n import Text


class ArchiveRefused(Invalid):
    """The archive is damaged, incomplete, forged, or of another kind; nothing of it was taken."""

    slug = "archive-refused"
    title = Text("Arsip tidak diterima", "The archive is refused")


class RestoreRefused(Conflict):
    """The archive may be sound, but it does not fit into this database; nothing was changed."""

    slug = "restore-refused"
    title = Text("Arsip tidak bisa dipulihkan di sini", "The archive cannot be restored here")


def refused(id: str, en: str, **values: object) -> ArchiveRefused:
    """An archive that is not taken, in both languages, with `{placeholders}` filled in from `values`.

    What stands in an archive may be anybody's writing, so each value is shortened and made printable.
    """
    return ArchiveRefused(Text(id, en).format(**{name: _plain(value) for name, value in values.items()}))


def _plain(value: object) -> str:
    text = str(value)
    text = "".join(character if character.isprintable() else "?" for character in text[:200])
    return text if len(str(value)) <= 200 else f"{text}…"
