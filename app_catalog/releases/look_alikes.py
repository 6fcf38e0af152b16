"""Names that people would mistake for another publisher's app; a curator looks at those (trust.md)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import select

from app_catalog.releases.models import App
from lumbung.db.tenancy import AnySession

NEAR = 2
_SAME_SHAPES = str.maketrans({"0": "o", "1": "l", "i": "l", "5": "s"})


def look_alikes_of(session: AnySession, *, app_id: str, names: Mapping[str, str], publisher_id: UUID) -> list[str]:
    """Ids of other publishers' apps whose id or name could be taken for this one."""
    others = session.execute(
        select(App.slug, App.name).where(App.publisher_id != publisher_id, App.slug != app_id).order_by(App.slug)
    )
    return [
        slug for slug, name in others if look_alike(app_id, slug) or _names_alike(names.values(), dict(name).values())
    ]


def look_alike(one: str, other: str) -> bool:
    """Whether two names differ by case, marks, 0 for o, 1 for l, or at most two letters."""
    one, other = _shape(one), _shape(other)
    return one == other or distance(one, other) <= NEAR


def distance(one: str, other: str) -> int:
    """How many letters have to be added, dropped or changed to make one the other (Levenshtein)."""
    if abs(len(one) - len(other)) > NEAR:
        return NEAR + 1
    previous = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        current = [row]
        for column, candidate in enumerate(other, start=1):
            change = previous[column - 1] + (letter != candidate)
            current.append(min(previous[column] + 1, current[-1] + 1, change))
        previous = current
    return previous[-1]


def _names_alike(ours: Iterable[str], theirs: Iterable[str]) -> bool:
    shapes = {_shape(name) for name in theirs}
    return any(_shape(name) in shapes for name in ours)


def _shape(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold()).translate(_SAME_SHAPES)
