"""A municipality at work: reports are made, forwarded, answered, and clocks run out, each at its moment."""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update

from app_catalog.installations.models import Installation
from app_runtime.clocks.firing import fire_due_clocks
from app_runtime.demonstration.founding import Founded
from app_runtime.demonstration.script import Person
from app_runtime.notifications.sending import NOTIFY
from app_runtime.notifications.writing import write_notification
from app_runtime.records.actors import Actor, actor_for
from app_runtime.records.models import RecordClock
from lumbung.db import now, set_clock
from lumbung.db.tenancy import AnySession
from lumbung.outbox.models import Effect, EffectStatus

Story = Iterator[datetime]
"""Acts at each moment and says when it goes on."""

_DAY_BEGINS, _DAY_ENDS = time(7, 30), time(19, 30)


@dataclass
class Life:
    """What happens in one municipality until the moment `until`; where it is `quiet`, nobody is written to."""

    session: AnySession
    founded: Founded
    installation: Installation
    until: datetime
    chance: random.Random
    quiet: bool = False
    _queue: list[tuple[datetime, int, Story]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=count)
    _actors: dict[str, Actor] = field(default_factory=dict)

    def begin(self, story: Story, at: datetime) -> None:
        """Let a story begin at this moment."""
        heapq.heappush(self._queue, (at, next(self._order), story))

    def run(self) -> None:
        """Let everything happen in the order of time, clocks and messages included."""
        while self._queue:
            at, _, story = heapq.heappop(self._queue)
            if at > self.until:
                continue
            self._fire_until(at)
            with set_clock(at):
                again = next(story, None)
                self._write_messages()
            if again is not None:
                self.begin(story, max(again, at + timedelta(minutes=1)))
        self._fire_until(self.until)
        if self.quiet:
            self._leave_unwritten()

    def actor(self, person: Person) -> Actor:
        """Somebody at work, in the app."""
        if person.login not in self._actors:
            visitor = self.founded.visitor(person)
            self._actors[person.login] = actor_for(self.session, visitor, self.installation)
        return self._actors[person.login]

    def later(self, least: float, most: float) -> datetime:
        """A moment so many hours from now, by day: nobody answers at three in the night."""
        moment = now() + timedelta(hours=self.chance.uniform(least, most))
        zone = ZoneInfo(self.founded.municipality.timezone)
        local = moment.astimezone(zone)
        if local.time() > _DAY_ENDS:
            local = datetime.combine(local.date() + timedelta(days=1), _DAY_BEGINS, zone)
        elif local.time() < _DAY_BEGINS:
            local = datetime.combine(local.date(), _DAY_BEGINS, zone)
        else:
            return moment
        return local.astimezone(moment.tzinfo) + timedelta(minutes=self.chance.randint(2, 90))

    def _fire_until(self, moment: datetime) -> None:
        """Fire each clock at the very moment that it is due at, as the worker does."""
        due = select(func.min(RecordClock.next_at)).where(
            RecordClock.tenant_id == self.founded.id, RecordClock.next_at <= moment
        )
        while (at := self.session.scalar(due)) is not None:
            with set_clock(at):
                fire_due_clocks(self.session, self.founded.id)
                self._write_messages()

    def _write_messages(self) -> None:
        """Write what is due now, so that nothing is left that a mail server could send to invented addresses later."""
        if self.quiet:
            return
        waiting = select(Effect).where(
            Effect.tenant_id == self.founded.id, Effect.status == EffectStatus.PENDING, Effect.kind == NOTIFY
        )
        for effect in self.session.scalars(waiting.order_by(Effect.id)).all():
            write_notification(self.session, effect.payload)
            self.session.execute(
                update(Effect)
                .where(Effect.tenant_id == effect.tenant_id, Effect.id == effect.id)
                .values(status=EffectStatus.DONE, done_at=now(), attempts=1)
            )

    def _leave_unwritten(self) -> None:
        self.session.execute(
            update(Effect)
            .where(Effect.tenant_id == self.founded.id, Effect.status == EffectStatus.PENDING, Effect.kind == NOTIFY)
            .values(status=EffectStatus.DONE, done_at=now(), attempts=1)
        )
