"""The records that every system gets: the same texts, places and times."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

CATEGORIES = ("street-light", "congestion", "rubbish", "flood", "road")
DESCRIPTION = "Penerangan jalan umum mati sejak tiga hari lalu di depan sekolah. " * 2


@dataclass(frozen=True, slots=True)
class Complaint:
    """One complaint."""

    title: str
    description: str
    category: str
    lat: float
    lon: float
    created: datetime
    due: datetime


def complaints(count: int, *, seed: int = 7) -> Iterator[Complaint]:
    """So many complaints, one a minute."""
    chance = random.Random(seed)
    start = datetime(2025, 1, 1, tzinfo=UTC)
    for number in range(count):
        created = start + timedelta(minutes=number)
        yield Complaint(
            title=f"Lampu jalan mati nomor {number}",
            description=DESCRIPTION,
            category=chance.choice(CATEGORIES),
            lat=-6.3 + chance.random() / 10,
            lon=106.7 + chance.random() / 10,
            created=created,
            due=created + timedelta(hours=48),
        )
