"""Places as files have them: swapped, empty, at 0, 0, far away."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from app_runtime.imports.notes import Note

Point = tuple[float, float]

_LONGITUDES, _LATITUDES = (94.0, 142.0), (-12.0, 7.0)
"""Indonesia lies within; the two ranges share nothing, so that swapped coordinates show."""
_NUMBER = r"[-+]?\d{1,3}(?:[.,]\d+)?"
_TWO = re.compile(rf"\(?\s*({_NUMBER})\s*(?:[,;/ ]\s*|\s+)({_NUMBER})\s*\)?")
_WKT = re.compile(rf"(?:SRID=4326;)?POINT\s*Z?\s*\(\s*({_NUMBER})\s+({_NUMBER})(?:\s+{_NUMBER})*\s*\)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """A place, or none, and what is to be said about it."""

    point: Point | None = None
    notes: tuple[Note, ...] = ()


def place_of(value: Any) -> Found:
    """The place in one cell: `[longitude, latitude]`, `latitude, longitude` as people write it, or WKT."""
    if value in (None, "", []):
        return Found()
    if isinstance(value, list):
        return _settled(*(value[:2] if len(value) >= 2 else (None, None)), shown=value)
    text = " ".join(str(value).split())
    if found := _WKT.fullmatch(text):
        return _settled(found[1], found[2], shown=text)
    if found := _TWO.fullmatch(text):
        return _settled(found[2], found[1], shown=text)
    return Found(notes=(Note("bad-place", {"value": text[:80]}),))


def place_of_two(longitude: Any, latitude: Any) -> Found:
    """The place in two cells."""
    if longitude in (None, "") and latitude in (None, ""):
        return Found()
    return _settled(longitude, latitude, shown=f"{latitude}, {longitude}")


def _settled(longitude: Any, latitude: Any, *, shown: Any) -> Found:
    x, y = _number(longitude), _number(latitude)
    if x is None or y is None:
        return Found(notes=(Note("bad-place", {"value": str(shown)[:80]}),))
    if abs(x) < 1e-6 and abs(y) < 1e-6:
        return Found(notes=(Note("zero-place"),))
    if _within(y, _LONGITUDES) and _within(x, _LATITUDES):
        return Found((round(y, 7), round(x, 7)), (Note("swapped"),))
    if not (-180 <= x <= 180 and -90 <= y <= 90):
        return Found(notes=(Note("bad-place", {"value": str(shown)[:80]}),))
    return Found((round(x, 7), round(y, 7)))


def _within(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = float(str(value).strip().replace(",", ".")) if isinstance(value, str) else float(value)
    except ValueError:
        return None
    return number if abs(number) < 1e9 else None
