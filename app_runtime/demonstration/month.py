"""The month of a city: which stories there are and how long ago each began."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app_catalog.installations.models import Installation
from app_runtime.demonstration import stories
from app_runtime.demonstration.founding import Founded
from app_runtime.demonstration.living import Life
from app_runtime.demonstration.script import City, Spot
from app_runtime.demonstration.stories import Report, Telling
from app_runtime.demonstration.texts import PICTURED, REPORTERS, SUBJECTS
from lumbung.db.tenancy import AnySession
from lumbung.web.access import ANONYMOUS, Visitor

LONGEST_DAYS = 28
_STREETS = 3
_RECENT_HOURS = 48
_MORNING = 5
_BESIDE = 0.0002
"""About twenty metres: near enough to be taken for the same thing."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One report of the month: its story, hours ago, category, with a photo, by somebody with an account."""

    story: Telling
    hours: float
    category: str
    photo: bool = False
    signed_in: bool = False
    beside_last: bool = False


_SHOWN = (stories.fixed, stories.fixed_late, stories.fixed_again, stories.reopened)
"""Stories with a photo afterwards."""


class _Stock:
    """Texts of reports, each used once; those that fit a photo are kept for reports that have one."""

    def __init__(self, chance: random.Random) -> None:
        self._pictured = {name: _mixed(chance, subject.reports[:PICTURED]) for name, subject in SUBJECTS.items()}
        self._others = {name: _mixed(chance, subject.reports[PICTURED:]) for name, subject in SUBJECTS.items()}

    def take(self, slot: Slot) -> tuple[str, str]:
        """A title and a description for the report."""
        first, second = self._others[slot.category], self._pictured[slot.category]
        if slot.photo or slot.story in _SHOWN:
            first, second = second, first
        return (first or second).pop()


def live_month(
    session: AnySession, founded: Founded, installation: Installation, *, until: datetime, citizen: Visitor
) -> None:
    """Let the month up to `until` happen in the session's municipality; the same city has the same month again."""
    chance = random.Random(founded.city.slug)  # noqa: S311 - a demonstration that is always the same.
    life = Life(session, founded, installation, until, chance)
    stock = _Stock(chance)
    spots = chance.sample(founded.city.spots, len(founded.city.spots))
    place: tuple[float, float] = founded.city.centre
    for index, slot in enumerate(_slots(founded.city)):
        spot = spots[index % len(spots)]
        if not slot.beside_last:
            place = _near(chance, spot)
        else:
            spot, place = spots[(index - 1) % len(spots)], (place[0] + _BESIDE, place[1])
        title, description = stock.take(slot)
        values = {
            "title": _sentence(title.format(spot=spot.name)),
            "description": description,
            "category": slot.category,
            "place": [round(place[0], 5), round(place[1], 5)],
            **_reporter(chance, index),
        }
        report = Report(
            life,
            slot.category,
            values,
            slot.photo,
            index % _STREETS,
            citizen if slot.signed_in else ANONYMOUS,
        )
        life.begin(slot.story(report), _made_at(life, slot))
    life.run()


def _slots(city: City) -> list[Slot]:
    red = city.silence_days * 24
    return [
        Slot(stories.fresh, 0.7, "rubbish", photo=True),
        Slot(stories.fresh, 2.2, "street-light"),
        Slot(stories.fresh, 5.5, "congestion"),
        Slot(stories.checked, 14, "flood", photo=True),
        Slot(stories.forwarded, 27, "street-light", photo=True),
        Slot(stories.forwarded, 4.5, "street-light", beside_last=True),
        Slot(stories.forwarded, 31, "rubbish"),
        Slot(stories.forwarded, 33, "road", signed_in=True),
        Slot(stories.answered, 2.3 * 24, "road", photo=True),
        Slot(stories.answered, 3.1 * 24, "flood"),
        Slot(stories.answered, 4.2 * 24, "congestion"),
        Slot(stories.waiting, 3.4 * 24, "street-light", signed_in=True),
        Slot(stories.waiting, 5.2 * 24, "road"),
        Slot(stories.replied, 4.6 * 24, "flood", photo=True),
        Slot(stories.silent, red + 9, "road", photo=True),
        Slot(stories.silent, red + 61, "street-light"),
        Slot(stories.unseen, red + 20, "congestion"),
        Slot(stories.late, red + 80, "flood"),
        Slot(stories.fixed_late, red + 8 * 24, "rubbish", photo=True),
        Slot(stories.fixed, 5.1 * 24, "street-light", photo=True),
        Slot(stories.fixed, 7.3 * 24, "rubbish", photo=True),
        Slot(stories.fixed, 10.2 * 24, "road", photo=True),
        Slot(stories.fixed, 13.4 * 24, "flood"),
        Slot(stories.fixed, 17.1 * 24, "congestion"),
        Slot(stories.fixed, 21.3 * 24, "street-light", signed_in=True),
        Slot(stories.fixed, 26.2 * 24, "rubbish"),
        Slot(stories.rejected, 9.3 * 24, "road"),
        Slot(stories.rejected, 19.2 * 24, "flood"),
        Slot(stories.reopened, 6.2 * 24, "congestion", photo=True),
        Slot(stories.fixed_again, 20.4 * 24, "road"),
        Slot(stories.hidden, 6.6 * 24, "rubbish"),
    ]


def _made_at(life: Life, slot: Slot) -> datetime:
    """When the report is made: a few hours earlier than its slot in each city, and few are made at night."""
    if slot.hours < _RECENT_HOURS:
        return life.until - timedelta(hours=slot.hours)
    at = life.until - timedelta(hours=slot.hours + life.chance.uniform(0, 9))
    awake = at.astimezone(ZoneInfo(life.founded.municipality.timezone))
    return at - timedelta(hours=life.chance.uniform(5, 7)) if awake.hour < _MORNING else at


def _reporter(chance: random.Random, index: int) -> dict[str, dict[str, str]]:
    if index % 2:
        return {}
    name = chance.choice(REPORTERS)
    return {"reporter": {"name": name, "email": f"{name.split()[0].lower()}{index}@example.org"}}


def _mixed(chance: random.Random, texts: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    return chance.sample(texts, len(texts))


def _near(chance: random.Random, spot: Spot) -> tuple[float, float]:
    return spot.lon + chance.uniform(-0.0012, 0.0012), spot.lat + chance.uniform(-0.0012, 0.0012)


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]
