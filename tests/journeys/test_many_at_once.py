"""Pages that show many records at once: a board with cards to move, a calendar, a dashboard; scenarios that fail."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from lumbung.db import now
from tests.journeys.conftest import Person, Served
from tests.meetings import enable_meetings, plan
from tests.siaran import enable_siaran

pytestmark = [pytest.mark.journey, pytest.mark.usual_screen("phone")]


def _fill(served: Served) -> None:
    rapat, place = enable_meetings(served.session, served.world), served.world.tangsel
    today = now().astimezone(UTC).date()
    for number, topic in enumerate(("Penertiban parkir", "Musrenbang Kelurahan Serua", "Anggaran perubahan")):
        day = (today + timedelta(days=number)).isoformat()
        starts = datetime.combine(today, datetime.min.time(), UTC) + timedelta(hours=2 + number)
        values = {"kind": "open" if number else "inner", "cost": 1_500_000 * (number + 1), "held_on": day}
        plan(served.session, place, rapat, topic, unit="dishub", starts=starts.isoformat(), **values)


def _fetched(address: str) -> str:
    """What a calendar program gets, which is signed in nowhere."""
    parts = urlsplit(address)
    caller = HTTPConnection("127.0.0.1", parts.port or 80)
    caller.request("GET", parts.path, headers={"Host": parts.netloc})
    answer = caller.getresponse()
    assert answer.status == 200
    found = answer.read().decode()
    caller.close()
    return found


def test_a_board_a_calendar_and_a_dashboard(served: Served, person: Callable[..., Person]) -> None:
    _fill(served)
    place, portal = served.world.tangsel, served.portal("tangsel")
    clerk = person()
    clerk.sign_in(place.accounts["handler"], to="/handover?to=tangsel&next=/rapat/board")
    page = clerk.page
    card = page.locator("[data-board-card]").filter(has_text="Penertiban parkir")
    card.locator("summary").click()
    clerk.see("board")
    with page.expect_navigation():
        card.get_by_role("button", name="Undang").click()
    page.locator("#column-invited").get_by_text("Penertiban parkir").wait_for()

    # By keyboard alone.
    card = page.locator("#column-planned [data-board-card]").filter(has_text="Musrenbang")
    card.locator("summary").focus()
    page.keyboard.press("Enter")
    card.get_by_role("button", name="Undang").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.locator("#column-invited").get_by_text("Musrenbang").wait_for()
    clerk.see("moved")

    clerk.go(f"{portal}/rapat/agenda")
    page.get_by_text("Anggaran perubahan").first.wait_for()
    clerk.see("month")
    with page.expect_navigation():
        page.get_by_role("button", name="Buat alamat langganan").click()
    found = re.search(r"https?://[^\s\"<]+/calendar/[^\s\"<]+\.ics", page.content())
    assert found
    clerk.see("subscribed")
    assert "SUMMARY:Penertiban parkir" in _fetched(found[0])

    clerk.go(f"{portal}/rapat/figures")
    page.get_by_text("Rp 4.500.000").first.wait_for()
    page.locator("canvas").first.scroll_into_view_if_needed()
    page.get_by_text("Angkanya").first.wait_for()
    clerk.see("figures")


def test_a_scenario_that_fails_says_what_happened(served: Served, person: Callable[..., Person]) -> None:
    enable_siaran(served.session, served.world, straight_to_agency=True)
    admin = person()
    admin.sign_in(served.world.tangsel.accounts["admin"], to="/handover?to=tangsel&next=/manage/apps/siaran/scenarios")
    admin.see("begin")
    admin.page.get_by_role("link", name=re.compile("Jalankan 8 skenario")).click()
    admin.page.get_by_text("skenario gagal").first.wait_for()
    admin.page.get_by_text("Yang terjadi").first.wait_for()
    admin.page.get_by_text("Jalannya skenario").first.click()
    admin.see("failed")
