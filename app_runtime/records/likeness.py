"""Whether two short texts mean the same place or the same matter: a hint for people, never a decision."""

from __future__ import annotations

import re
import unicodedata

ALIKE = 0.5
"""The least share of common trigrams: "Depan masjid Al-Hikmah" and "dpn mesjid al hikmah" are well above it."""

_SHORTEST = 6
_WORD = re.compile(r"[a-z]+|\d+")
# As people write addresses on a phone.
_WRITTEN_OUT = {
    "jl": "jalan",
    "jln": "jalan",
    "gg": "gang",
    "dpn": "depan",
    "dkt": "dekat",
    "blkg": "belakang",
    "sblh": "sebelah",
    "smpg": "samping",
    "prempatan": "perempatan",
    "mesjid": "masjid",
    "musholla": "mushala",
    "mushola": "mushala",
    "kel": "kelurahan",
    "kec": "kecamatan",
    "no": "nomor",
}


def alike(first: str, second: str, *, least: float = ALIKE) -> bool:
    """Whether two texts share at least `least` of their trigrams and do not name different numbers.

    Capitals, accents, signs, the order of words and usual abbreviations make no difference. Texts shorter than six
    letters are never alike: "pasar" names no place.
    """
    one, other = _words(first), _words(second)
    if min(sum(map(len, one)), sum(map(len, other))) < _SHORTEST:
        return False
    numbers, others = ({int(word) for word in words if word.isdigit()} for words in (one, other))
    if not (numbers <= others or others <= numbers):
        return False
    return _share(_trigrams(one), _trigrams(other)) >= least


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return [_WRITTEN_OUT.get(word, word) for word in _WORD.findall(plain)]


def _trigrams(words: list[str]) -> set[str]:
    """Trigrams of each word, its beginning weighing more than its end, as PostgreSQL's pg_trgm takes them."""
    return {f"  {word} "[at : at + 3] for word in words for at in range(len(word) + 1)}


def _share(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 0.0
