"""A point on the map from what a person pastes: coordinates, or a link of a map."""

from __future__ import annotations

import math
import re

_NUMBER = r"(-?[0-9]{1,3}(?:\.[0-9]{1,15})?)"
_FORMS = (
    re.compile(rf"mlat={_NUMBER}&(?:amp;)?mlon={_NUMBER}"),
    re.compile(rf"#map=[0-9.]{{1,5}}/{_NUMBER}/{_NUMBER}"),
    re.compile(rf"@{_NUMBER},{_NUMBER}"),
    re.compile(rf"[?&]q(?:uery)?={_NUMBER}(?:,|%2C){_NUMBER}"),
    re.compile(rf"^\s*{_NUMBER}\s*[,; ]\s*{_NUMBER}\s*$"),
)
_LONGITUDES, _LATITUDES = (94.0, 142.0), (-12.0, 7.0)


def find_coordinates(written: str) -> tuple[float, float] | None:
    """Longitude and latitude from `-6.29, 106.71` or a link of OpenStreetMap or Google Maps; None when there are none.

    Written coordinates have the latitude first, as people and those maps write them.
    """
    for form in _FORMS:
        if found := form.search(written[:500]):
            lat, lon = float(found[1]), float(found[2])
            return (lon, lat) if math.isfinite(lon) and math.isfinite(lat) else None
    return None


def in_indonesia(lon: float, lat: float) -> bool:
    """Whether a point lies within the rectangle around Indonesia."""
    return _LONGITUDES[0] <= lon <= _LONGITUDES[1] and _LATITUDES[0] <= lat <= _LATITUDES[1]
