"""A place in the settings form: chosen on the map, or written as coordinates or a link to a map."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from tenants.municipalities.places import find_coordinates


def typed_point(name: str, form: Mapping[str, str]) -> Any:
    """`[longitude, latitude]`; what was written where it names no place, for the check to refuse; None for nothing, and
    where the place is taken away.

    Without a script the place that stood there comes back with the form: then what was written counts.
    """
    if form.get(f"{name}.clear"):
        return None
    words = form.get(f"{name}.text", "").strip()
    lon, lat = form.get(f"{name}.lon", ""), form.get(f"{name}.lat", "")
    chosen = _point_of(lon, lat)
    if words and (chosen is None or form.get(f"{name}.was") == f"{lon},{lat}"):
        found = find_coordinates(words)
        if found is None:
            return words[:500]
        chosen = found
    return [round(chosen[0], 7), round(chosen[1], 7)] if chosen else None


def shown_point(value: Any) -> dict[str, Any]:
    """What the picker shows: `lon` and `lat` of a place, or the `text` that named none."""
    if isinstance(value, list | tuple) and len(value) == 2:
        return {"lon": value[0], "lat": value[1], "text": ""}
    return {"lon": None, "lat": None, "text": value if isinstance(value, str) else ""}


def _point_of(lon: str, lat: str) -> tuple[float, float] | None:
    try:
        chosen = float(lon), float(lat)
    except ValueError:
        return None
    return chosen if all(math.isfinite(part) for part in chosen) else None
