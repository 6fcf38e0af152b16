"""Calendars: records on their days, as a month and as a feed, each for whom it is."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from icalendar import Calendar
from sqlalchemy import delete

from app_catalog.installations.models import Installation
from lumbung.db import as_tenant, set_clock
from lumbung.web.sites import LumbungFlask
from tenants.people.models import RoleGrant
from tests.app_runtime.stage import Sessions
from tests.browsing import Browser, browse, csrf_token
from tests.meetings import enable_meetings, meeting_files, plan
from tests.small_app import codes_of
from tests.world import World

DECEMBER = datetime(2026, 12, 1, 1, tzinfo=UTC)
MONTH = "/rapat/agenda?month=2026-12"


def _filled(session: Sessions, world: World) -> Installation:
    rapat = enable_meetings(session, world)
    values = {"kind": "open", "held_on": "2026-12-10", "unit": "dishub"}
    plan(session, world.tangsel, rapat, "Tengah malam", starts="2026-11-30T17:30:00+00:00", **values)
    plan(session, world.tangsel, rapat, "Dinas lain", kind="inner", starts="2026-12-10T09:00:00+07:00", unit="dlh")
    plan(session, world.tangsel, rapat, "Tahun depan", starts="2027-01-20T09:00:00+07:00")
    return rapat


def _day(page: str, number: int) -> str:
    found = re.search(rf'aria-hidden="true">{number}</span>.*?</li>\s*<li class="lb-month-day', page, re.S)
    assert found
    return found[0]


def test_a_month_shows_what_begins_in_it_by_the_municipalitys_clock(
    session: Sessions, world: World, app: LumbungFlask
) -> None:
    _filled(session, world)
    clerk = browse(app, world.tangsel.host, world.tangsel.accounts["handler"])
    page = clerk.get(MONTH).text
    assert "Desember 2026" in page
    assert "Tengah malam" in page
    assert "00.30" in page
    assert "Dinas lain" in page
    assert "Tahun depan" not in page
    assert "Tengah malam" not in clerk.get("/rapat/agenda?month=2026-11").text.split("is-outside")[0]
    assert "Dinas lain" not in clerk.get(f"{MONTH}&kind=open").text
    assert "month=2027-01&amp;kind=open" in clerk.get(f"{MONTH}&kind=open").text
    for odd in ("2026-13", "0000-00", "x", "99999-01", "2026-1"):
        assert clerk.get(f"/rapat/agenda?month={odd}").status_code == 200


def test_somebody_sees_in_a_calendar_what_is_theirs(session: Sessions, world: World, app: LumbungFlask) -> None:
    _filled(session, world)
    unit = browse(app, world.tangsel.host, world.tangsel.accounts["head"]).get(MONTH).text
    assert "Tengah malam" in unit
    assert "Dinas lain" not in unit
    assert browse(app, world.tangsel.host, world.tangsel.accounts["admin"]).get(MONTH).status_code == 404
    stranger = browse(app, world.tangsel.host)
    assert stranger.get(MONTH).status_code == 404
    days = stranger.get("/rapat/days?month=2026-12").text
    assert "Tengah malam" in days
    assert "Dinas lain" not in days


def _events(answer_data: bytes) -> dict[str, object]:
    found = Calendar.from_ical(answer_data)
    assert isinstance(found, Calendar)
    return {str(event["summary"]): event.DTSTART for event in found.events}


def _address(browser: Browser) -> str:
    found = re.search(r"/rapat/agenda/calendar/([0-9a-f]{64})\.ics", browser.get("/rapat/agenda").text)
    return found[0] if found else ""


def test_a_secret_address_shows_what_its_person_may_see_now_until_it_is_taken_away(
    session: Sessions, world: World, app: LumbungFlask
) -> None:
    with set_clock(DECEMBER):
        _filled(session, world)
        place = world.tangsel
        unit = browse(app, place.host, place.accounts["head"])
        assert _address(unit) == ""
        change = "/rapat/agenda/calendar"
        assert unit.post_form("/rapat/agenda", {"step": "make"}, to=change).status_code == 303
        address = _address(unit)
        program = browse(app, place.host)
        answer = program.get(address)
        assert answer.mimetype == "text/calendar"
        assert set(_events(answer.data)) == {"Tengah malam"}
        assert b"SUMMARY:Tengah malam" in answer.data
        assert "no-store" in answer.headers["Cache-Control"]
        # Every other address is none: a changed seal, another page, another municipality.
        for wrong in (address[:-5] + "0.ics", address[:-6] + ".ics", address.replace("agenda", "days")):
            if wrong != address:
                assert program.get(wrong).status_code == 404, wrong
        assert browse(app, world.surabaya.host).get(address).status_code == 404
        assert program.get("/rapat/agenda/calendar.ics").status_code == 404
        # A new address ends the one before.
        unit.post_form("/rapat/agenda", {"step": "make"}, to=change)
        assert program.get(address).status_code == 404
        assert program.get(_address(unit)).status_code == 200
        last = _address(unit)
        with as_tenant(session, place.id):
            held = (RoleGrant.membership_id == place.members["head"].id, RoleGrant.app_id == "rapat")
            session.execute(delete(RoleGrant).where(RoleGrant.tenant_id == place.id, *held))
            session.commit()
        assert program.get(last).status_code == 404, "a role that ended ends what its addresses show"
        with as_tenant(session, place.id):
            session.add(
                RoleGrant(tenant_id=place.id, membership_id=place.members["head"].id, app_id="rapat", role="unit")
            )
            session.commit()
        assert program.get(last).status_code == 200
        assert unit.post_form("/rapat/agenda", {"step": "revoke"}, to=change).status_code == 303
        assert program.get(last).status_code == 404
        assert _address(unit) == ""


def test_who_asks_for_an_address_many_times_at_once_has_one(session: Sessions, world: World, app: LumbungFlask) -> None:
    _filled(session, world)
    unit = browse(app, world.tangsel.host, world.tangsel.accounts["head"])
    sent = {"step": "make", "csrf_token": csrf_token(unit.get("/rapat/agenda").text)}
    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(lambda _: unit.post("/rapat/agenda/calendar", sent).status_code, range(8))
    assert set(answers) == {303}
    assert browse(app, world.tangsel.host).get(_address(unit)).status_code == 200


def test_everybody_subscribes_to_a_public_calendar(session: Sessions, world: World, app: LumbungFlask) -> None:
    with set_clock(DECEMBER):
        _filled(session, world)
        stranger = browse(app, world.tangsel.host)
        assert "/rapat/days/calendar.ics" in stranger.get("/rapat/days").text
        answer = stranger.get("/rapat/days/calendar.ics")
        assert {name: str(day) for name, day in _events(answer.data).items()} == {"Tengah malam": "2026-12-10"}
        assert "public" in answer.headers["Cache-Control"]
        assert {"Accept-Language", "Cookie"} <= set(answer.vary), "names are in the language of who asks"
        official = browse(app, world.tangsel.host, world.tangsel.accounts["handler"])
        refused = official.post_form("/rapat/days", {"step": "make"}, to="/rapat/days/calendar")
        assert refused.status_code == 404


def test_a_calendar_needs_a_date_that_its_readers_see() -> None:
    def codes(date: str, role: str = "clerk") -> set[str]:
        page = f"kind: calendar\nfor: {role}\nrecord: meeting\ndate: {date}\ncolumns: [topic]\n"
        return codes_of(meeting_files(agenda=page))

    assert codes("starts") == codes("created_at") == set()
    assert codes("cost") == {"not-dated"}
    assert codes("state") == {"not-dated"}
    assert codes("nothing") == {"unknown-attribute"}
    assert codes("due", "public") == {"field-not-public"}
