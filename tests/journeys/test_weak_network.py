"""A weak network, an impatient thumb, the Back button, a phone without scripts: always exactly one report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route

from tests.journeys.conftest import Person, Served
from tests.journeys.reporting import (
    LAMP,
    button_to_send,
    file_behind,
    fill_in_report,
    photo_of_a_phone,
    reports,
    send,
    tracking_code,
    wargaku,
    write_report,
)

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("screen", ["phone"], indirect=True)]


def _patience(page: Page) -> None:
    """Let the form try again at once instead of after seconds, as it does when the phone is online again."""
    page.evaluate("window.dispatchEvent(new Event('online'))")


def test_a_lost_answer_makes_one_report(served: Served, person: Callable[..., Person]) -> None:
    place, portal = wargaku(served), served.portal("surabaya")
    citizen = person()
    write_report(citizen, portal)
    tries: list[str] = []
    signal = "none"
    port = urlsplit(portal).port

    def lose(route: Route) -> None:
        """Without a signal no try arrives; with a weak one a try arrives, but its answer is lost on the way."""
        nonlocal signal
        if route.request.method != "POST":
            route.continue_()
            return
        tries.append(route.request.url)
        if signal == "weak":
            # Playwright itself resolves no names below localhost; browsers do.
            here, there = f"//surabaya.localhost:{port}", f"//127.0.0.1:{port}"
            host = {**route.request.all_headers(), "host": here[2:]}
            assert route.fetch(url=route.request.url.replace(here, there), headers=host, max_redirects=0).status < 400
        if signal == "good":
            route.continue_()
            return
        route.abort("connectionfailed")
        signal = "good" if signal == "weak" else signal

    citizen.page.route("**/siaran/report", lose)
    send(citizen)
    citizen.page.get_by_text("Sambungan terputus").wait_for()
    citizen.see("connection-lost")
    assert reports(served, place) == 0
    signal = "weak"
    with citizen.page.expect_event("requestfailed", lambda _: signal == "good"):
        _patience(citizen.page)
    assert reports(served, place) == 1
    _patience(citizen.page)
    assert tracking_code(citizen)
    citizen.see("arrived")
    assert len(tries) >= 3
    assert reports(served, place) == 1


def test_sending_while_offline_waits_for_the_signal(served: Served, person: Callable[..., Person]) -> None:
    place, portal = wargaku(served), served.portal("surabaya")
    citizen = person()
    write_report(citizen, portal)
    citizen.page.context.set_offline(True)
    send(citizen)
    citizen.page.get_by_text("Sambungan terputus").wait_for()
    assert reports(served, place) == 0
    citizen.page.context.set_offline(False)
    assert tracking_code(citizen)
    assert reports(served, place) == 1


def test_two_taps_and_the_back_button_make_one_report(served: Served, person: Callable[..., Person]) -> None:
    place, portal = wargaku(served), served.portal("surabaya")
    citizen = person()
    write_report(citizen, portal)
    button_to_send(citizen).dblclick()
    code = tracking_code(citizen)
    assert reports(served, place) == 1

    citizen.page.go_back()
    assert tracking_code(citizen) == code
    citizen.see("back-after-sending")
    assert reports(served, place) == 1
    citizen.page.goto(f"{portal}/siaran/report")
    assert citizen.page.locator("[name=title]").input_value() == ""


def test_what_was_written_is_kept_after_a_reload(served: Served, person: Callable[..., Person]) -> None:
    wargaku(served)
    portal = served.portal("surabaya")
    citizen = person()
    write_report(citizen, portal, title="Lampu mati sejak Senin")
    citizen.page.wait_for_function("() => localStorage.length > 0 && Object.values(localStorage)[0].includes('Senin')")
    citizen.page.wait_for_function("() => Object.values(localStorage)[0].includes('mushala')")
    citizen.page.reload()
    citizen.page.get_by_text("Isian Anda yang belum terkirim dipulihkan.").wait_for()
    assert citizen.page.locator("[name=title]").input_value() == "Lampu mati sejak Senin"
    assert citizen.page.locator("[name='place.text']").input_value() == "Depan SDN 2, gang mushala"
    citizen.see("draft-kept")
    send(citizen)
    assert tracking_code(citizen)
    citizen.page.goto(f"{portal}/siaran/report")
    assert citizen.page.locator("[name=title]").input_value() == ""


def test_without_javascript_the_same_form_works(served: Served, person: Callable[..., Person], tmp_path: Path) -> None:
    place, portal = wargaku(served), served.portal("surabaya")
    citizen = person(java_script_enabled=False)
    write_report(citizen, portal, photo=photo_of_a_phone(tmp_path))
    send(citizen)
    assert tracking_code(citizen)
    assert reports(served, place) == 1
    citizen.page.get_by_role("link", name="Buka halaman lacak").click()
    stored = file_behind(citizen, citizen.page.locator("main .lb-photos img").first)
    assert b"Ponsel Murah" not in stored
    assert b"Exif" not in stored


def test_without_javascript_going_back_and_sending_again_makes_one_report(
    served: Served, person: Callable[..., Person]
) -> None:
    place, portal = wargaku(served), served.portal("surabaya")
    citizen = person(java_script_enabled=False)
    write_report(citizen, portal)
    send(citizen)
    code = tracking_code(citizen)

    citizen.page.go_back()
    citizen.page.get_by_text("Sudah terkirim").wait_for()
    fill_in_report(citizen)
    send(citizen)
    assert tracking_code(citizen) == code
    assert reports(served, place) == 1

    citizen.page.go_back()
    fill_in_report(citizen, title="Lampu jalan mati di depan SD Negeri")
    send(citizen)
    citizen.page.get_by_text("Anda sudah mengirim yang serupa").wait_for()
    assert reports(served, place) == 1

    citizen.page.get_by_role("link", name=LAMP).click()
    assert tracking_code(citizen) == code
    citizen.page.get_by_role("link", name="Laporkan yang lain").click()
    assert citizen.page.get_by_text("Sudah terkirim").count() == 0
    fill_in_report(citizen, title="Lampu kedua", landmark="Taman Bungkul, dekat pancuran")
    send(citizen)
    assert tracking_code(citizen) != code
    assert reports(served, place) == 2
