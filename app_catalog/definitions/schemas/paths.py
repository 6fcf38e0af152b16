"""Lines on the map: checked, and measured."""

import json
import re
from collections.abc import Sequence
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt
from typing import Any

from marshmallow import ValidationError

from app_catalog.definitions.model import Field
from app_catalog.definitions.schemas.wording import word

MAX_POINTS = 2000
MAX_PASTED = 200_000
_EARTH_KM = 6371.0088
_PAIR = re.compile(r"\s*(-?[0-9]{1,3}(?:\.[0-9]{1,15})?)\s*[,; \t]\s*(-?[0-9]{1,3}(?:\.[0-9]{1,15})?)\s*")


def check_path(value: Any, field: Field, lang: str) -> list[list[float]]:
    """The coordinates of a line, ``[longitude, latitude]`` each, as in a GeoJSON LineString (RFC 7946).

    Takes the list, the LineString (also as a feature, also as text), or text with latitude and longitude a line, as
    people copy them from a map.
    """
    found = _coordinates(_read(value) if isinstance(value, str) else value)
    if not isinstance(found, list) or len(found) < 2:
        raise ValidationError(word("path", lang))
    if len(found) > MAX_POINTS:
        raise ValidationError(word("path_long", lang, max=MAX_POINTS))
    return [_point(point, lang) for point in found]


def length_km(path: Sequence[Sequence[float]]) -> float:
    """How long a line is, in kilometres over the sphere, to ten metres."""
    return round(sum(_distance(one, other) for one, other in pairwise(path)), 2)


def _read(text: str) -> Any:
    if len(text) > MAX_PASTED:
        return None
    if text.lstrip().startswith(("{", "[")):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return None
    pairs = [_PAIR.fullmatch(line) for line in text.splitlines() if line.strip()]
    return [[float(pair[2]), float(pair[1])] for pair in pairs if pair] if all(pairs) else None


def _coordinates(value: Any) -> Any:
    if isinstance(value, dict) and value.get("type") == "Feature":
        value = value.get("geometry")
    if isinstance(value, dict):
        return value.get("coordinates") if value.get("type") == "LineString" else None
    return value


def _point(point: Any, lang: str) -> list[float]:
    if not isinstance(point, list | tuple) or not 2 <= len(point) <= 3:
        raise ValidationError(word("path", lang))
    longitude, latitude = point[:2]
    for part, most in ((longitude, 180), (latitude, 90)):
        if isinstance(part, bool) or not isinstance(part, int | float) or not -most <= part <= most:
            raise ValidationError(word("path", lang))
    return [round(float(longitude), 7), round(float(latitude), 7)]


def _distance(one: Sequence[float], other: Sequence[float]) -> float:
    (lon1, lat1), (lon2, lat2) = ((radians(part) for part in point[:2]) for point in (one, other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_KM * asin(sqrt(min(1.0, half)))
