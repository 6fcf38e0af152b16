"""Names that people would mistake for another publisher's app; a curator looks at those (trust.md)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from itertools import islice
from uuid import UUID

from sqlalchemy import select

from app_catalog.releases.models import App
from lumbung.db.tenancy import AnySession

NEAR = 2
MOST = 20
"""So many are named to the curator; one is enough for a look."""
_SAME_SHAPES = {
    ord(letter): shape
    for shape, letters in {
        # Digits, and letters of Cyrillic and Greek in either case (Unicode Technical Standard 39, confusables).
        "a": "аα", "b": "вβ", "c": "сϲ", "d": "ԁđ", "e": "еεё", "g": "ɡ", "h": "нһη", "j": "јϳ", "k": "кκ",
        "l": "1iıіιłӏ|", "m": "мμ", "n": "ν", "o": "0оοøσ", "p": "рρ", "q": "ԛ", "s": "5ѕ", "t": "тτ", "w": "ԝω",
        "x": "хχ", "y": "уυү", "z": "ζ",
    }.items()
    for letter in letters
}  # fmt: skip


def look_alikes_of(session: AnySession, *, app_id: str, names: Mapping[str, str], publisher_id: UUID) -> list[str]:
    """Ids of other publishers' apps whose id or name could be taken for this one; the first `MOST`."""
    others = session.execute(
        select(App.slug, App.name).where(App.publisher_id != publisher_id, App.slug != app_id).order_by(App.slug)
    )
    own, shapes = _shape(app_id), _shapes(names.values())
    alike = (
        slug
        for slug, name in others
        if distance(own, _shape(slug)) <= NEAR or not shapes.isdisjoint(_shapes(dict(name).values()))
    )
    return list(islice(alike, MOST))


def look_alike(one: str, other: str) -> bool:
    """Whether two names differ by case, marks, 0 for o, 1 for l, letters of another script that look the same, or at
    most two letters."""
    return distance(_shape(one), _shape(other)) <= NEAR


def distance(one: str, other: str) -> int:
    """How many letters have to be added, dropped or changed to make one the other (Levenshtein); `NEAR` + 1 stands for
    all that is more."""
    far = NEAR + 1
    if abs(len(one) - len(other)) > NEAR:
        return far
    # Further than `NEAR` from the diagonal nothing is near: all other columns are never looked at.
    previous = {column: column for column in range(min(NEAR, len(other)) + 1)}
    for row, letter in enumerate(one, start=1):
        current: dict[int, int] = {}
        for column in range(max(row - NEAR, 0), min(row + NEAR, len(other)) + 1):
            change = previous.get(column - 1, far) + (column > 0 and letter != other[column - 1])
            current[column] = min(previous.get(column, far) + 1, current.get(column - 1, far) + 1, change)
        if min(current.values()) > NEAR:
            return far
        previous = current
    return min(previous.get(len(other), far), far)


def _shapes(names: Iterable[str]) -> set[str]:
    return {_shape(name) for name in names}


def _shape(name: str) -> str:
    """The letters and digits as the eye takes them, without marks."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    return "".join(letter for letter in plain.translate(_SAME_SHAPES) if letter.isalnum())
