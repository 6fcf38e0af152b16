"""Wrong files, large photos, wrong codes, stale forms, closed records: a clear answer, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.conftest import Person, Served
from tests.journeys.reporting import (
    LAMP,
    act,
    at_work,
    photo_of_a_phone,
    reports,
    row,
    send,
    tracking_code,
    wargaku,
    write_report,
)

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("screen", ["phone"], indirect=True)]


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])
def test_a_file_that_is_no_photo(
    served: Served, person: Callable[..., Person], tmp_path: Path, *, scripts: bool
) -> None:
    place, portal = wargaku(served), served.portal("surabaya")
    wrong = tmp_path / "surat.jpg"
    wrong.write_bytes(b"%PDF-1.7 this is no photo")
    citizen = person(java_script_enabled=scripts)
    write_report(citizen, portal, photo=wrong)
    send(citizen)
    citizen.page.locator("[data-error-summary]").wait_for()
    assert citizen.page.locator("[name=title]").input_value() == LAMP
    if scripts:
        citizen.see("not-a-photo")
    assert reports(served, place) == 0


def test_a_photo_of_eleven_megabytes_without_scripts(
    served: Served, person: Callable[..., Person], tmp_path: Path
) -> None:
    place, portal = wargaku(served), served.portal("surabaya")
    heavy = photo_of_a_phone(tmp_path, width=600, height=800)
    heavy.write_bytes(heavy.read_bytes() + bytes(11_500_000))
    citizen = person(java_script_enabled=False)
    write_report(citizen, portal, photo=heavy)
    send(citizen)
    summary = citizen.page.locator("[data-error-summary]")
    summary.wait_for()
    assert "10 MB" in summary.inner_text()
    assert citizen.page.locator("[name=title]").input_value() == LAMP
    assert reports(served, place) == 0


def test_an_emergency_shows_whom_to_call(served: Served, person: Callable[..., Person]) -> None:
    place, portal = wargaku(served), served.portal("surabaya")
    citizen = person()
    write_report(citizen, portal)
    citizen.page.locator("label").filter(has_text="Keadaan darurat").click()
    citizen.page.get_by_text("hubungi 112").first.wait_for()
    citizen.see("emergency")
    send(citizen)
    citizen.page.locator("[data-error-summary]").wait_for()
    citizen.see("emergency-refused")
    assert reports(served, place) == 0


def test_a_wrong_tracking_code(served: Served, person: Callable[..., Person]) -> None:
    wargaku(served)
    citizen = person()
    citizen.go(f"{served.portal('surabaya')}/track")
    for wrong in ("bukan kode", "ABCD-EFGH-JKMN-P"):
        citizen.page.locator("[name=code]").fill(wrong)
        citizen.page.get_by_role("button", name="Lacak").click()
        citizen.page.locator("[data-error-summary]").wait_for()
        assert citizen.page.locator("[name=code]").input_value() == wrong
        citizen.see("wrong-code")


def test_a_stale_form_and_a_closed_report(served: Served, person: Callable[..., Person], tmp_path: Path) -> None:
    place, portal = wargaku(served), served.portal("surabaya")
    citizen = person()
    write_report(citizen, portal)
    send(citizen)
    code = tracking_code(citizen)

    first, second = person(on="desk"), person(on="desk")
    for official in (first, second):
        at_work(official, place, "handler")
        row(official).get_by_role("link").first.click()
        official.page.locator("#action-respond").wait_for()
    second.page.locator("#action-respond").evaluate("card => card.open = true")
    second.page.locator("#action-respond textarea").fill("Kami juga berangkat hari ini.")
    act(first, "fix", photo=photo_of_a_phone(tmp_path))
    second.page.locator("#action-respond button[type=submit]").click()
    summary = second.page.locator("[data-error-summary]")
    summary.wait_for()
    assert "Kami juga berangkat hari ini." in summary.inner_text()
    second.see("stale")

    citizen.go(f"{portal}/track/{code}")
    other_tab = citizen.page.context.new_page()
    other_tab.goto(f"{portal}/track/{code}")
    citizen.page.locator("#action-reopen button[type=submit]").click()
    citizen.page.locator("#action-reopen").wait_for(state="detached")
    other_tab.locator("#action-reopen button[type=submit]").click()
    other_tab.locator("[data-error-summary]").wait_for()
    other_tab.close()
    citizen.go(f"{portal}/track/{code}")
    citizen.see("reopened-once")


def test_a_browser_says_what_is_missing_in_the_language_of_the_page(
    served: Served, person: Callable[..., Person]
) -> None:
    place, portal = wargaku(served), served.portal("surabaya")
    citizen = person(locale="de-DE")
    page = citizen.page
    page.goto(f"{portal}/siaran/report")
    title = page.locator("[name=title]")
    send(citizen)
    assert page.locator("[name=category]").first.evaluate("field => field.validationMessage") == "Pilih salah satu."
    assert title.evaluate("field => field.validationMessage") == "Wajib diisi."
    assert reports(served, place) == 0
    title.fill(LAMP)
    assert title.evaluate("field => field.validationMessage") == ""
    page.locator("[name='reporter.email']").fill("sari")
    send(citizen)
    assert "nama@contoh.id" in page.locator("[name='reporter.email']").evaluate("field => field.validationMessage")
    page.locator("[name='reporter.email']").fill("")
    page.locator("label").filter(has_text="Penerangan jalan umum").click()
    page.locator("[name='place.text']").fill("Depan SDN 2, gang mushala")
    send(citizen)
    assert tracking_code(citizen)


def test_without_scripts_the_server_says_what_is_missing(served: Served, person: Callable[..., Person]) -> None:
    place, portal = wargaku(served), served.portal("surabaya")
    citizen = person(java_script_enabled=False)
    citizen.page.goto(f"{portal}/siaran/report")
    citizen.page.locator("[name='reporter.email']").fill("sari")
    send(citizen)
    summary = citizen.page.locator("[data-error-summary]")
    summary.wait_for()
    assert "Ada isian yang perlu diperbaiki" in summary.inner_text()
    assert citizen.page.locator("[name='reporter.email']").input_value() == "sari"
    assert reports(served, place) == 0
