"""What becomes of reports: each story is one report from its making to where it stands today."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app_runtime.demonstration.living import Life, Story
from app_runtime.demonstration.scenes import AFTER, BEFORE, draw_scene
from app_runtime.demonstration.script import DISPATCHER, Person
from app_runtime.demonstration.texts import HIDDEN_REASON, SUBJECTS, Subject
from app_runtime.records.actors import Actor, actor_for
from app_runtime.records.creating import create_record
from app_runtime.records.models import Record, RecordClock
from app_runtime.records.moderation import hide_record, set_checked
from app_runtime.workflow.acting import take_action
from lumbung.files import store_photo
from lumbung.web.access import ANONYMOUS, Visitor


@dataclass
class Report:
    """One report and the people who deal with it. `variant` chooses its street in photos."""

    life: Life
    category: str
    values: dict[str, Any]
    photo: bool
    variant: int
    citizen: Visitor = ANONYMOUS
    _record: Record | None = field(default=None, init=False)
    _code: str = field(default="", init=False)

    @property
    def record(self) -> Record:
        """The record, once it was made."""
        assert self._record is not None
        return self._record

    @property
    def subject(self) -> Subject:
        """What people say about its category."""
        return SUBJECTS[self.category]

    @property
    def handler(self) -> Person:
        """Who answers in the agency of the category."""
        city = self.life.founded.city
        return city.handler_of(city.agencies[self.category])

    def make(self) -> None:
        """The resident sends the form."""
        life = self.life
        files = {"photos": [self._photo(BEFORE)]} if self.photo else None
        created = create_record(
            life.session,
            life.installation,
            actor_for(life.session, self.citizen, life.installation),
            "report",
            self.values,
            files=files,
        )
        self._record, self._code = created.record, created.tracking_code

    def check(self) -> None:
        """The dispatcher finds nothing that must not be shown."""
        if self.life.founded.city.checked_first:
            set_checked(self.life.session, self.record, self._officer(), True)

    def forward(self) -> None:
        """The dispatcher forwards to the agency, where there is a dispatcher."""
        city = self.life.founded.city
        if not city.straight:
            self.act(self._officer(), "assign", agency=city.agencies[self.category])

    def handle(self, action: str, **answers: Any) -> None:
        """The agency's officer takes an action."""
        self.act(self.life.actor(self.handler), action, **answers)

    def answer(self) -> None:
        """The agency answers."""
        self.handle("respond", answer=self.life.chance.choice(self.subject.answers))

    def fix(self) -> None:
        """The agency shows the photo afterwards."""
        take_action(
            self.life.session,
            self.record,
            self.life.actor(self.handler),
            "fix",
            {},
            files={"after": [self._photo(AFTER)]},
        )

    def say(self, action: str, **answers: Any) -> None:
        """The resident acts with the tracking code."""
        life = self.life
        self.act(actor_for(life.session, self.citizen, life.installation, tracking_code=self._code), action, **answers)

    def hide(self) -> None:
        """The dispatcher (or the agency) takes it out of sight."""
        hide_record(self.life.session, self.record, self._officer(), reason=HIDDEN_REASON)

    def act(self, actor: Actor, action: str, **answers: Any) -> None:
        """Somebody takes an action."""
        take_action(self.life.session, self.record, actor, action, answers)

    def missed(self, hours: float) -> datetime:
        """So many hours after the time to respond is over."""
        due = self.life.session.scalars(
            select(RecordClock.due_at)
            .where(
                RecordClock.tenant_id == self.record.tenant_id,
                RecordClock.record_id == self.record.id,
                RecordClock.clock == "respond",
            )
            .order_by(RecordClock.round.desc())
        ).first()
        assert due is not None
        return due + timedelta(hours=hours)

    def _officer(self) -> Actor:
        city = self.life.founded.city
        return self.life.actor(self.handler if city.straight else city.with_role(DISPATCHER))

    def _photo(self, scenes: dict[str, str]) -> UUID:
        return store_photo(self.life.session, draw_scene(scenes[self.category], self.variant)).id


def fresh(report: Report) -> Story:
    """Just made; nobody has looked yet."""
    report.make()
    yield from ()


def checked(report: Report) -> Story:
    """Looked at, and shown."""
    report.make()
    yield report.life.later(0.3, 1.5)
    report.check()


def forwarded(report: Report) -> Story:
    """With the agency, which has time left."""
    yield from checked(report)
    report.forward()


def answered(report: Report) -> Story:
    """Answered in time; the work is under way."""
    yield from forwarded(report)
    yield report.life.later(2, 14)
    report.answer()


def waiting(report: Report) -> Story:
    """The agency has asked, the resident has not replied."""
    yield from answered(report)
    yield report.life.later(1, 5)
    question, _ = report.life.chance.choice(report.subject.questions)
    report.handle("ask", question=question)


def replied(report: Report) -> Story:
    """Asked and replied; the agency goes on."""
    yield from answered(report)
    yield report.life.later(1, 4)
    question, reply = report.life.chance.choice(report.subject.questions)
    report.handle("ask", question=question)
    yield report.life.later(2, 10)
    report.say("reply", reply=reply)


def fixed(report: Report) -> Story:
    """Answered and fixed, with a photo afterwards."""
    yield from answered(report)
    yield report.life.later(8, 46)
    report.fix()


def rejected(report: Report) -> Story:
    """Not the municipality's; the reason says whose."""
    yield from forwarded(report)
    yield report.life.later(2, 20)
    report.handle("reject", reason=report.life.chance.choice(report.subject.refusals))


def reopened(report: Report) -> Story:
    """Fixed, and the resident says that it is not."""
    yield from fixed(report)
    yield report.life.until - timedelta(hours=report.life.chance.uniform(6, 20))
    report.say("reopen")


def fixed_again(report: Report) -> Story:
    """Reopened and then really fixed."""
    yield from fixed(report)
    yield report.life.later(20, 60)
    report.say("reopen")
    yield report.life.later(4, 20)
    report.answer()
    yield report.life.later(8, 30)
    report.fix()


def silent(report: Report) -> Story:
    """Forwarded, and nobody answers: the red mark, the head, the city."""
    yield from forwarded(report)


def unseen(report: Report) -> Story:
    """Not even forwarded in time."""
    report.make()
    yield from ()


def late(report: Report) -> Story:
    """Answered after the red mark; the work is under way."""
    yield from forwarded(report)
    yield report.missed(report.life.chance.uniform(4, 20))
    report.answer()


def fixed_late(report: Report) -> Story:
    """Answered after the red mark, then fixed."""
    yield from late(report)
    yield report.life.later(10, 30)
    report.fix()


def hidden(report: Report) -> Story:
    """Answered, and out of the public's sight."""
    yield from answered(report)
    report.hide()


Telling = Callable[[Report], Story]
