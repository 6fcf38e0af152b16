"""Landmarks as people write them."""

from __future__ import annotations

import pytest

from app_catalog.definitions.places import metres_between
from app_runtime.records.likeness import alike


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Depan masjid Al-Hikmah, Serua", "dpn mesjid al hikmah serua", True),
        ("Jl. Ciater Raya No. 12", "jalan ciater raya nomor 12", True),
        ("Gang Mushola, RT 03", "gg musholla rt 3", True),
        ("Serua, depan masjid Al-Hikmah", "Depan masjid Al-Hikmah, Serua", True),
        ("Depan SDN 2, Serua", "Depan SDN 2, Serua, dekat warung", True),
        ("Depan SDN 2, Serua", "Depan SDN 5, Serua", False),
        ("Depan masjid Al-Hikmah", "Depan pasar Ciputat", False),
        ("pasar", "pasar", False),
        ("", "", False),
        ("???", "???", False),
    ],
)
def test_landmarks_are_alike_or_not(one: str, other: str, same: bool) -> None:
    assert alike(one, other) is same
    assert alike(other, one) is same


def test_a_distance_is_told_in_metres() -> None:
    assert metres_between((106.71, -6.29), (106.71, -6.29)) == 0
    # One minute of latitude is a nautical mile of 1,852 m, on a sphere 1,853.
    assert round(metres_between((106.71, -6.0), (106.71, -6.0 - 1 / 60))) == 1853
