"""Why somebody cannot say how satisfied they are."""

from __future__ import annotations

from lumbung.errors import Conflict, Invalid
from lumbung.i18n import Text, t


def not_asked() -> Conflict:
    """The record waits for no answer: it is open, or its app does not ask."""
    return Conflict(
        Text(
            "Penilaian ini tidak ditunggu lagi; mungkin laporannya dibuka kembali. Muat ulang halaman ini.",
            "This rating is not waited for any more; perhaps the report was reopened. Reload the page to see.",
        ),
        because="state",
    )


def too_late() -> Conflict:
    """The days for answering are over."""
    return Conflict(
        Text(
            "Penilaian dapat diberikan dan diubah sampai 30 hari setelah selesai; waktu itu sudah lewat.",
            "A rating can be given and changed for 30 days after closing; that time is over.",
        ),
        because="condition",
    )


def bad_score(scale: int) -> Invalid:
    """The score is none of 1 to `scale`."""
    message = t("Pilih angka 1 sampai {scale}.", "Choose a number from 1 to {scale}.", scale=scale)
    return Invalid(fields={"score": [message]}, because="required")


def too_many_words(most: int) -> Invalid:
    """The words are too long."""
    message = t("Paling banyak {n} karakter.", "At most {n} characters.", n=most)
    return Invalid(fields={"words": [message]}, because="invalid")
