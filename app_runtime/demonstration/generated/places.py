"""Places of a generated municipality: streets, landmarks, lanes of its real districts, laid out around its centre."""

from __future__ import annotations

import math
import random

from app_runtime.demonstration.generated.profile import Profile
from app_runtime.demonstration.script import Spot
from tenants.regions.reference import districts

EVERYWHERE = (
    "Jalan Ahmad Yani", "Jalan Diponegoro", "Jalan Kartini", "Jalan Pattimura", "Jalan Gatot Subroto", "Jalan Merdeka",
    "Jalan Cut Nyak Dien", "Jalan Imam Bonjol", "Jalan Hasanuddin", "Jalan Pahlawan",
)  # fmt: skip
FLOWERS = ("Melati", "Mawar", "Kenanga", "Flamboyan", "Cempaka", "Anggrek", "Kamboja", "Teratai")
LANDMARKS = (
    "depan SD Negeri {n} {district}", "belakang Pasar {district}", "samping Puskesmas {district}",
    "depan Kantor Kecamatan {district}", "dekat Terminal {district}", "seberang Masjid Raya {district}",
    "dekat lapangan {district}", "depan SMP Negeri {n} {district}",
)  # fmt: skip
_NUMBERS = 120


def lay_out(chance: random.Random, profile: Profile) -> tuple[Spot, ...]:
    """The places that reports name, each with its preposition, the same in each load."""
    names = [f"di {street}" for street in (*profile.streets, *EVERYWHERE)]
    for district in districts()[profile.region_code]:
        names += [landmark.format(n=chance.randint(1, 9), district=district.name) for landmark in LANDMARKS]
        flower, lane = chance.choice(FLOWERS), chance.randint(1, 12)
        names += [
            f"di Gang {flower} {lane}, Kecamatan {district.name}",
            f"di RT {chance.randint(1, 12):02}/RW {chance.randint(1, 9):02} {district.name}",
        ]
    return tuple(Spot(name, *_around(chance, profile)) for name in names)


def stand_at(chance: random.Random, spot: Spot) -> tuple[str, tuple[float, float]]:
    """Somewhere at the place: a number in its street now and then, and the point within some hundred metres."""
    street = spot.name.startswith("di Jalan")
    name = f"{spot.name} nomor {chance.randint(1, _NUMBERS)}" if street and chance.random() < 0.5 else spot.name
    lon, lat = chance.gauss(spot.lon, 0.0009), chance.gauss(spot.lat, 0.0009)
    return name, (round(lon, 5), round(lat, 5))


def _around(chance: random.Random, profile: Profile) -> tuple[float, float]:
    bearing = math.radians(chance.uniform(*profile.bearings))
    far = profile.radius * math.sqrt(chance.random())
    return profile.centre[0] + far * math.sin(bearing), profile.centre[1] + far * math.cos(bearing)
