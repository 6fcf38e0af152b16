"""Distances on the earth, as they are worked out everywhere."""

from collections.abc import Sequence
from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS = 6_371_008.8
"""Metres: the mean radius of the sphere on which distances are computed (IUGG)."""


def metres_between(one: Sequence[float], other: Sequence[float]) -> float:
    """The distance between two places (longitude, latitude) in metres along the sphere (haversine)."""
    (lon, lat), (other_lon, other_lat) = one, other
    half_lat, half_lon = radians(other_lat - lat) / 2, radians(other_lon - lon) / 2
    chord = sin(half_lat) ** 2 + cos(radians(lat)) * cos(radians(other_lat)) * sin(half_lon) ** 2
    return 2 * EARTH_RADIUS * asin(min(1.0, sqrt(chord)))
