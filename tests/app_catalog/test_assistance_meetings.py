"""Agreeing on a time, calendar files, reminders, minutes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.parser import BytesParser
from email.policy import default
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy.orm import Session, scoped_session
from werkzeug.datastructures import MultiDict

from app_catalog.assistance import acting
from app_catalog.assistance.meetings import access_meeting, is_link
from app_catalog.assistance.models import AssistanceCase
from app_catalog.assistance.reminding import remind_due
from app_catalog.assistance.thread import Party
from lumbung.db import as_tenant, now, set_clock, shift_clock
from lumbung.messages.mail import build_mail
from lumbung.outbox import drain
from lumbung.web.sites import LumbungFlask
from tests.app_catalog.assisting import PATH, Scene, local, proposal, set_scene, step
from tests.world import World

Sessions = scoped_session[Session]


@pytest.fixture
def scene(app: LumbungFlask, session: Sessions, world: World) -> Scene:
    return set_scene(app, session, world)


def event_of(text: str) -> Any:
    """The one event of a calendar file."""
    (event,) = Calendar.from_ical(text).events
    return event


def test_both_sides_get_the_agreed_time_as_a_calendar_file(scene: Scene) -> None:
    case = scene.accepted()
    meeting = scene.agreed(case)
    assert scene.case().state == "under_way"
    files = {}
    for letter in (scene.letters()[-1], scene.letters(scene.world.surabaya)[-1]):
        assert letter.calendar is not None
        event = event_of(letter.calendar)
        assert "METHOD:REQUEST\r\n" in letter.calendar
        assert event["ATTENDEE"] == f"mailto:{letter.recipient}"
        assert event.DTSTART.astimezone(UTC) == meeting.starts_at
        assert event["DTSTART"].params["TZID"] == "Asia/Jakarta"
        assert event["SEQUENCE"] == 0
        assert "BEGIN:VTIMEZONE" in letter.calendar
        files[letter.recipient] = str(event["UID"])
    assert len(files) == 2
    assert len(set(files.values())) == 1
    for browser, page in ((scene.asker, f"{PATH}/{case.id}"), (scene.publisher, f"/assistance/{case.id}")):
        answer = browser.get(f"{page}/meetings/{meeting.id}.ics")
        assert answer.mimetype == "text/calendar"
        assert str(event_of(answer.text)["UID"]) in files.values()


def test_the_letter_carries_the_file(scene: Scene, app: LumbungFlask) -> None:
    scene.agreed(scene.accepted())
    letter = scene.letters()[-1]
    mail = BytesParser(policy=default).parsebytes(
        bytes(build_mail(letter, text=letter.text, html=None, settings=app.lumbung))
    )
    (attached,) = mail.iter_attachments()
    assert attached.get_content_type() == "text/calendar"
    assert attached["Content-Type"].params["method"] == "REQUEST"
    assert event_of(attached.get_content())["UID"] == event_of(letter.calendar)["UID"]


def test_a_change_raises_the_sequence_and_a_cancellation_says_so(scene: Scene) -> None:
    case = scene.accepted()
    meeting = scene.agreed(case)
    uid = event_of(scene.letters()[-1].calendar)["UID"]
    own = f"{PATH}/{case.id}/meetings/{meeting.id}"
    other = f"/assistance/{case.id}/meetings/{meeting.id}"
    assert step(scene.publisher, other, "place", form="on_site", place="Balai Kota, ruang 2") == 303
    changed = event_of(scene.letters()[-1].calendar)
    assert (changed["UID"], changed["SEQUENCE"], changed["LOCATION"]) == (uid, 1, "Balai Kota, ruang 2")
    assert step(scene.asker, own, "move", time_1=local(now() + timedelta(days=9))) == 303
    assert scene.meeting().starts_at == meeting.starts_at
    assert step(scene.asker, own, "agree", option=scene.meeting().options[0]) == 303
    assert scene.meeting().starts_at == meeting.starts_at
    assert step(scene.publisher, other, "agree", option=scene.meeting().options[0]) == 303
    assert event_of(scene.letters(scene.world.surabaya)[-1].calendar)["SEQUENCE"] == 2
    assert step(scene.asker, own, "cancel") == 303
    last = scene.letters()[-1].calendar
    assert "METHOD:CANCEL\r\n" in last
    assert (event_of(last)["UID"], event_of(last)["STATUS"], event_of(last)["SEQUENCE"]) == (uid, "CANCELLED", 3)
    assert step(scene.asker, own, "cancel") == 303
    assert scene.meeting().sequence == 3


@pytest.mark.parametrize(
    "changed",
    [
        {"time_1": "2020-01-01T09:00", "time_2": ""},
        {"time_1": "besok"},
        {"time_1": "0001-01-01T00:00"},
        {"title": ""},
        {"minutes": "5"},
        {"place": "http://rapat.example.org"},
        {"form": "x"},
    ],
)
def test_a_proposal_that_does_not_fit_is_said(scene: Scene, changed: dict[str, str]) -> None:
    at = f"/assistance/{scene.accepted().id}/meetings"
    answer = scene.publisher.post_form(at, {**proposal(), **changed})
    assert answer.status_code == 422
    assert f"f-{next(iter(changed))}-error" in answer.text


def test_nobody_meets_before_the_request_is_accepted(scene: Scene) -> None:
    case = scene.asked()
    at = f"{PATH}/{case.id}"
    assert step(scene.asker, at, "", target=f"{at}/meetings", **proposal()) == 303
    assert 'id="meetings"' not in scene.asker.get(at).text


def test_both_sides_are_reminded_once_the_day_before(scene: Scene) -> None:
    case = scene.accepted()
    meeting = scene.agreed(case, days=3)
    assert meeting.starts_at is not None
    before = len(scene.letters()), len(scene.letters(scene.world.surabaya))
    drain(scene.app)
    assert len(scene.letters()) == before[0]
    for _ in range(2):
        with set_clock(meeting.starts_at - timedelta(hours=20)):
            drain(scene.app)
    # Whoever wakes it again, for another meeting, tells nobody twice.
    with as_tenant(scene.session, scene.world.surabaya.id), set_clock(meeting.starts_at - timedelta(hours=19)):
        remind_due(scene.session, scene.world.surabaya.id)
        scene.session.commit()
    assert "Pengingat" in scene.letters()[-1].subject
    assert (len(scene.letters()), len(scene.letters(scene.world.surabaya))) == (before[0] + 1, before[1] + 1)


def test_minutes_are_written_after_the_meeting(scene: Scene) -> None:
    case = scene.accepted()
    meeting = scene.agreed(case, days=1)
    at = f"/assistance/{case.id}/meetings/{meeting.id}"
    wrote = {"notes": "Dua puluh petugas mencoba sendiri.", "attendance": "20"}
    assert step(scene.publisher, at, "minutes", **wrote) == 303
    assert scene.meeting().state == "agreed"
    with shift_clock(timedelta(days=2)):
        assert step(scene.publisher, at, "minutes", notes="", attendance="dua") == 422
        assert step(scene.publisher, at, "minutes", **wrote) == 303
    assert (scene.meeting().state, scene.meeting().attendance) == ("held", 20)
    assert "Dua puluh petugas mencoba sendiri." in scene.letters(scene.world.surabaya)[-1].text


def test_closing_cancels_what_was_to_come(scene: Scene) -> None:
    case = scene.accepted()
    scene.agreed(case)
    assert step(scene.asker, f"{PATH}/{case.id}", "finish") == 303
    assert scene.meeting().state == "cancelled"
    assert any("METHOD:CANCEL" in (letter.calendar or "") for letter in scene.letters())


def test_a_meeting_that_is_agreed_on_while_it_is_cancelled_is_cancelled_in_both_calendars(
    scene: Scene, session: Sessions
) -> None:
    case = scene.accepted()
    at = f"/assistance/{case.id}"
    assert step(scene.publisher, at, "", target=f"{at}/meetings", **proposal()) == 303
    meeting = scene.meeting()
    person = scene.world.surabaya.accounts["admin"]
    with as_tenant(session, scene.world.surabaya.id):
        held = session.get_one(AssistanceCase, (case.tenant_id, case.id))
        read_before = access_meeting(session, held, meeting.id)
        assert read_before.state == "proposed"
        own = f"{PATH}/{case.id}/meetings/{meeting.id}"
        assert step(scene.asker, own, "agree", option=meeting.options[0]) == 303
        acting.change(
            session, held, Party("asker", person.id, "Sri", "Surabaya"), meeting.id, MultiDict({"step": "cancel"})
        )
        session.commit()
    assert (scene.meeting().state, scene.meeting().sequence) == ("cancelled", 1)
    assert "METHOD:CANCEL" in scene.letters()[-1].calendar
    assert "METHOD:CANCEL" in scene.letters(scene.world.surabaya)[-1].calendar


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("https://a.id/x", True),
        ("http://a.id", False),
        ("javascript:x", False),
        ("https://[", False),
        ("Ruang 2", False),
    ],
)
def test_only_safe_addresses_are_links(place: str, expected: bool) -> None:
    assert is_link(place) is expected


def test_times_are_by_the_clock_of_who_asked(scene: Scene) -> None:
    meeting = scene.agreed(scene.accepted(), days=3)
    assert meeting.starts_at is not None
    shown = scene.publisher.get(f"/assistance/{meeting.case_id}/meetings/{meeting.id}").text
    assert f"{meeting.starts_at + timedelta(hours=7):%H.%M} WIB" in shown
    assert isinstance(meeting.starts_at, datetime)
