"""Surabaya asks for help with SIARAN, which Tangsel publishes; for tests of assistance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session
from werkzeug.test import TestResponse

from app_catalog.assistance.models import AssistanceCase, AssistanceMeeting
from app_catalog.publishers.models import Publisher
from lumbung.db import as_tenant, now
from lumbung.messages.models import Message, PlatformMessage
from lumbung.web.sites import LumbungFlask
from tests.browsing import Browser, browse, csrf_token
from tests.siaran import enable_siaran
from tests.world import Place, World

Sessions = scoped_session[Session]
PATH = "/manage/apps/siaran/assistance"
WISH = {
    "topic": "training",
    "form": "either",
    "suitable": "Selasa pagi",
    "words": "Dua puluh petugas dinas belum pernah memakai kotak kerja.",
}


@dataclass
class Scene:
    """Both sides in their browsers."""

    app: LumbungFlask
    session: Sessions
    world: World
    asker: Browser
    publisher: Browser
    publisher_key: str

    def ask(self, **changed: Any) -> TestResponse:
        """Surabaya asks, the publisher unless the test says otherwise."""
        return self.asker.post_form(PATH, {**WISH, "helpers": self.publisher_key, **changed})

    def asked(self, **changed: Any) -> AssistanceCase:
        """The case that was just asked for."""
        answer = self.ask(**changed)
        assert answer.status_code == 303, answer.text
        return self.case()

    def case(self) -> AssistanceCase:
        """The newest case of Surabaya, as it is now."""
        self.session.rollback()
        with as_tenant(self.session, self.world.surabaya.id):
            query = select(AssistanceCase).order_by(AssistanceCase.created_at.desc()).limit(1)
            found = self.session.scalars(query.execution_options(populate_existing=True)).one()
            # Kept as it is: outside its municipality it could not be read again.
            self.session.expunge(found)
            return found

    def accepted(self) -> AssistanceCase:
        """A case that the publisher has accepted."""
        case = self.asked()
        assert step(self.publisher, f"/assistance/{case.id}", "answer", answer="accept") == 303
        return self.case()

    def meeting(self) -> AssistanceMeeting:
        """The newest meeting of Surabaya, as it is now."""
        self.session.rollback()
        with as_tenant(self.session, self.world.surabaya.id):
            query = select(AssistanceMeeting).order_by(AssistanceMeeting.created_at.desc()).limit(1)
            found = self.session.scalars(query.execution_options(populate_existing=True)).one()
            # Kept as it is: outside its municipality it could not be read again.
            self.session.expunge(found)
            return found

    def agreed(self, case: AssistanceCase, *, days: int = 3) -> AssistanceMeeting:
        """A meeting that the publisher proposed and Surabaya agreed on."""
        at = f"/assistance/{case.id}"
        assert step(self.publisher, at, "", target=f"{at}/meetings", **proposal(days)) == 303
        meeting = self.meeting()
        own = f"{PATH}/{case.id}/meetings/{meeting.id}"
        assert step(self.asker, own, "agree", option=meeting.options[0]) == 303
        return self.meeting()

    def letters(self, place: Place | None = None) -> list[Any]:
        """Letters about assistance: of a municipality, or of the hub."""
        self.session.rollback()
        if place is None:
            query = select(PlatformMessage).where(PlatformMessage.subject_type == "assistance")
            sent = list(self.session.scalars(query.order_by(PlatformMessage.id)))
            return self._kept(sent)
        with as_tenant(self.session, place.id):
            mine = select(Message).where(Message.subject_type == "assistance").order_by(Message.id)
            found = list(self.session.scalars(mine))
            return self._kept(found)

    def _kept(self, letters: list[Any]) -> list[Any]:
        for letter in letters:
            self.session.expunge(letter)
        return letters


def set_scene(app: LumbungFlask, session: Sessions, world: World) -> Scene:
    """SIARAN of Tangsel, enabled in both municipalities."""
    enable_siaran(session, world, world.surabaya)
    enable_siaran(session, world, world.tangsel)
    publisher = session.scalars(select(Publisher).where(Publisher.slug == "tangsel")).one()
    return Scene(
        app,
        session,
        world,
        browse(app, world.surabaya.host, world.surabaya.accounts["admin"]),
        browse(app, "lumbung.test", world.tangsel.accounts["admin"]),
        f"publisher:{publisher.id}",
    )


def step(browser: Browser, page: str, name: str, *, target: str | None = None, **answers: Any) -> int:
    """Send one of the forms of a page; the status of the answer."""
    return take_step(browser, page, name, target=target, **answers).status_code


def take_step(browser: Browser, page: str, name: str, *, target: str | None = None, **answers: Any) -> TestResponse:
    """Send one of the forms of a page."""
    shown = browser.get(page)
    assert shown.status_code == 200, shown.status_code
    return browser.post(target or page, {"csrf_token": csrf_token(shown.text), "step": name, **answers})


def local(moment: datetime) -> str:
    """A moment as a form sends it, by the clock of Jakarta."""
    return (moment + timedelta(hours=7)).strftime("%Y-%m-%dT%H:%M")


def proposal(days: int = 3) -> dict[str, str]:
    """Two times, an hour and a half, by a link."""
    first = now() + timedelta(days=days)
    return {
        "title": "Mengenal kotak kerja",
        "time_1": local(first),
        "time_2": local(first + timedelta(days=1)),
        "minutes": "90",
        "form": "online",
        "place": "https://rapat.example.org/siaran",
    }
