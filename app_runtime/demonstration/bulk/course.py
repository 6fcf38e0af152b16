"""What becomes of a report by chance: looked at, answered in time or late, fixed, refused, reopened, forgotten."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo

from app_runtime.demonstration.bulk.album import Album
from app_runtime.demonstration.bulk.life import Life
from app_runtime.demonstration.generated.phrases import HIDDEN_REASONS
from app_runtime.demonstration.generated.wording import Wording

_DAY_BEGINS, _DAY_ENDS = time(7, 30), time(19, 30)
_RECENT = timedelta(days=60)
"""Reports older than this have mostly come to an end, whatever the municipality."""
_HOURS: Final = (1, 0, 0, 0, 1, 3, 8, 12, 11, 9, 8, 7, 6, 6, 7, 8, 9, 10, 9, 8, 7, 6, 4, 2)
"""How many reports are made in each hour of the day, in proportion."""
_DAYS: Final = (11, 10, 10, 10, 10, 7, 6)


@dataclass(frozen=True, slots=True)
class Tempo:
    """How a municipality works: the share of late answers, of reports that nobody answers."""

    late: float = 0.12
    silent: float = 0.02


@dataclass(frozen=True)
class Course:
    """Leads reports of one municipality through what happens to them until the instant `until`."""

    chance: random.Random
    zone: timezone
    tempo: Tempo
    until: datetime
    album: Album

    def make_at(self, first: datetime, last: datetime) -> datetime:
        """A moment in which somebody reports, at hours and on days when people do."""
        for _ in range(8):
            day = (first + self.chance.random() * (last - first)).astimezone(self.zone)
            if self.chance.random() * max(_DAYS) > _DAYS[day.weekday()]:
                continue
            hour = self.chance.choices(range(24), _HOURS)[0]
            minute, second = self.chance.randrange(60), self.chance.randrange(60)
            moment = day.replace(hour=hour, minute=minute, second=second, microsecond=0).astimezone(UTC)
            if first <= moment < last:
                return moment
        return (first + self.chance.random() * (last - first)).replace(microsecond=0)

    def lead(self, life: Life) -> None:
        """Let everything happen to a report from its making to `until`."""
        words = Wording(self.chance, life.category)
        street = self.chance.randrange(3)
        life.create(self.album.take(life, "before", street) if self.chance.random() < 0.4 else None)
        at = self._look(life)
        if at is not None:
            self._work(life, words, at, street)
        life.ticking.finish(self.until)

    def _look(self, life: Life) -> datetime | None:
        """Somebody looks at it and passes it on; None when that is still to come."""
        checked = life.town.publish == "checked"
        if life.town.straight and not checked:
            return life.made_at
        at = self._later(life.made_at, 0.2, 6)
        if at > self.until or self._forgotten(life):
            return None
        if checked:
            life.check(at)
        if not life.town.straight:
            life.forward(at)
        return at

    def _work(self, life: Life, words: Wording, at: datetime, street: int) -> None:
        if self._forgotten(life):
            return
        at = self._answered_at(life, at)
        if at > self.until:
            return
        if self.chance.random() < 0.07:
            life.reject(at, words.refusal())
            return
        life.answer(at, words.answer())
        if self.chance.random() < 0.01:
            life.hide(self._later(at, 0.1, 0.5), self.chance.choice(HIDDEN_REASONS))
        asked = self._ask(life, words, at)
        if asked is None or (self._recent(life) and self.chance.random() < 0.12):
            return
        self._fix(life, words, asked, street)

    def _ask(self, life: Life, words: Wording, at: datetime) -> datetime | None:
        """The agency may ask something first; None when the reporter has not replied yet."""
        if self.chance.random() > 0.08:
            return at
        question, reply = words.question()
        at = self._later(at, 0.5, 5)
        if at > self.until:
            return None
        life.ask(at, question)
        replied = self._later(at, 2, 50)
        if replied > self.until or (self._recent(life) and self.chance.random() < 0.3):
            return None
        life.reply(replied, reply)
        return replied

    def _fix(self, life: Life, words: Wording, at: datetime, street: int) -> None:
        done = self._fixed_at(life, at)
        if done > self.until:
            return
        life.fix(done, self.album.take(life, "after", street))
        if self.chance.random() > 0.05:
            return
        again = self._later(done, 3, 120)
        if again > self.until:
            return
        life.reopen(again)
        answered = self._later(again, 3, 20)
        if answered > self.until:
            return
        life.answer(answered, words.answer())
        fixed = self._later(answered, 10, 60)
        if fixed <= self.until:
            life.fix(fixed, self.album.take(life, "after", street))

    def _answered_at(self, life: Life, at: datetime) -> datetime:
        due = life.ticking.due("respond")
        if self.chance.random() < self.tempo.late:
            return self._later(due, 1, 70)
        left = max((due - at) / timedelta(hours=1), 0.5)
        return self._later(at, 0.05 * left, 0.6 * left)

    def _fixed_at(self, life: Life, at: datetime) -> datetime:
        due = life.ticking.due("fix")
        if self.chance.random() < self.tempo.late:
            return self._later(max(due, at), 2, 240)
        left = max((due - at) / timedelta(hours=1), 3)
        return self._later(at, 0.1 * left, 0.85 * left)

    def _forgotten(self, life: Life) -> bool:
        silent = self.tempo.silent if self._recent(life) else self.tempo.silent / 10
        return self.chance.random() < silent

    def _recent(self, life: Life) -> bool:
        return self.until - life.made_at < _RECENT

    def _later(self, start: datetime, least: float, most: float) -> datetime:
        """So many hours later, by day: nobody answers at three in the night."""
        moment = (start + timedelta(hours=self.chance.uniform(least, most))).replace(microsecond=0)
        local = moment.astimezone(self.zone)
        if _DAY_BEGINS <= local.time() <= _DAY_ENDS:
            return moment
        day = local.date() + timedelta(days=1 if local.time() > _DAY_ENDS else 0)
        opened = datetime.combine(day, _DAY_BEGINS, self.zone).astimezone(UTC)
        return opened + timedelta(minutes=self.chance.randint(2, 90))


def fixed_zone(zone: ZoneInfo, at: datetime) -> timezone:
    """The zone as a plain offset, which is quicker to reckon with: Indonesia knows no summer time."""
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None
    return timezone(offset)
