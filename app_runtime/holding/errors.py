"""Why a change is refused because of other records; `details["because"]` is what scenarios and the API call it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lumbung.errors import Conflict
from lumbung.i18n import Text

OVER_MANY = ("capacity", "duplicate", "invariant")
"""Why a change is refused that would be fine by itself."""


def no_place_left(message: Mapping[str, str] | None) -> Conflict:
    """All places of the group are taken; `message` is the package's own."""
    words = (
        Text.of(message)
        if message
        else Text(
            "Tempat untuk pilihan ini sudah penuh. Pilih waktu atau tempat lain.",
            "There is no place left for this choice. Choose another time or place.",
        )
    )
    return Conflict(words, because="capacity")


def already_there(labels: Sequence[Mapping[str, str]]) -> Conflict:
    """Another record has the same values; `labels` are those of the fields that must differ."""
    indonesian, english = (", ".join(str(getattr(Text.of(one), lang)) for one in labels) for lang in ("id", "en"))
    return Conflict(
        Text(
            f"Sudah ada data dengan {indonesian} yang sama. Ubah salah satunya, atau pakai data yang sudah ada.",
            f"There is one with the same {english} already. Change one of them, or use the one that is there.",
        ),
        because="duplicate",
    )


def would_break(message: Mapping[str, str]) -> Conflict:
    """An invariant would not hold any more; `message` is the package's own."""
    return Conflict(Text.of(message), because="invariant")
