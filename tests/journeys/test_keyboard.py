"""The whole way by keyboard alone: no mouse, and no script that moves the focus."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FileChooser, Page
from sqlalchemy import select

from app_catalog.installations.models import Installation
from app_runtime.records.actors import SYSTEM
from app_runtime.records.creating import create_record
from lumbung.db import as_tenant
from tests.journeys.conftest import Person, Served
from tests.journeys.reporting import LAMP, photo_of_a_phone, reports, tracking_code, wargaku
from tests.world import PASSWORD

pytestmark = [pytest.mark.journey, pytest.mark.usual_screen("desk")]
MOST_STOPS = 80
FOCUS = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const shown = at.matches('.lb-choice > input') ? at.nextElementSibling
    : at.matches('.lb-file input') ? at.parentElement.querySelector('.lb-file-face')
    : at;
  const box = shown.getBoundingClientRect();
  const marks = [getComputedStyle(shown), getComputedStyle(shown, '::after')];
  const outlined = marks.some(s => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2)
    || marks[0].boxShadow !== 'none';
  const label = at.getAttribute('aria-label') || at.labels?.[0]?.innerText || at.innerText || '';
  const top = document.elementFromPoint(
    Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1),
    Math.min(Math.max(box.top + Math.min(box.height, innerHeight) / 2, 0), innerHeight - 1));
  return {tag: at.tagName, name: at.getAttribute('name') || '', type: at.type || '', label: label.trim(),
    href: at.getAttribute('href') || '', outlined, main: at.id === 'main',
    seen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth && box.width > 0,
    covered: !!top && !shown.contains(top) && !top.contains(shown) && !at.contains(top)};
}"""


def focus(page: Page) -> dict[str, Any]:
    """What has the focus, which somebody must be able to see: outlined, on the screen, and under nothing else."""
    found: dict[str, Any] | None = page.evaluate(FOCUS)
    for _ in range(100):
        # The page may still be on its way to the place.
        if found is None or found["main"] or (found["seen"] and not found["covered"]):
            break
        page.wait_for_timeout(50)
        found = page.evaluate(FOCUS)
    if found is None or found["main"]:
        return found or {"tag": "", "name": "", "type": "", "label": "", "href": "", "outlined": True}
    assert found["outlined"], f"Nothing shows that the focus is here: {found}"
    assert found["seen"], f"The focus is outside the screen: {found}"
    assert not found["covered"], f"Something lies over the focus: {found}"
    return found


def tab_to(page: Page, *, name: str = "", label: str = "", back: bool = False) -> dict[str, Any]:
    """Press Tab until the control with this name, or whose label begins so, has the focus."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        found = focus(page)
        if (name and found["name"] == name) or (label and found["label"].startswith(label)):
            return found
    raise AssertionError(f"Tab never came to {name or label}.")


def test_a_report_is_sent_and_answered_by_keyboard(
    served: Served, person: Callable[..., Person], tmp_path: Path
) -> None:
    place, portal = wargaku(served), served.portal("surabaya")
    citizen, handler = person(), person()
    page = citizen.page
    citizen.go(portal)
    page.keyboard.press("Tab")
    assert focus(page)["label"] == "Langsung ke isi"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.closest('main') !== null")
    assert first, "The skip link leads past the navigation."
    _write_report(citizen, portal, tmp_path)
    tab_to(page, label="Kirim")
    page.keyboard.press("Enter")
    tracking_code(citizen)
    assert reports(served, place) == 1

    desk = handler.page
    handler.go("/sign-in")
    tab_to(desk, name="email")
    desk.keyboard.type(place.accounts["handler"].email)
    tab_to(desk, name="password")
    desk.keyboard.type(PASSWORD)
    with desk.expect_navigation():
        desk.keyboard.press("Enter")
    handler.go(f"{served.address}/handover?to=surabaya&next=/work")
    tab_to(desk, label=LAMP)
    handler.see("row")
    with desk.expect_navigation():
        desk.keyboard.press("Enter")
    _answer(handler)


def test_a_dialog_keeps_the_focus_and_gives_it_back(served: Served, person: Callable[..., Person]) -> None:
    place, admin = served.world.tangsel, person()
    agency = place.agencies["dlh"].id
    admin.sign_in(place.accounts["admin"], to=f"/handover?to=tangsel&next=/manage/agencies/{agency}")
    page = admin.page
    tab_to(page, label="Tutup dinas ini")
    page.keyboard.press("Enter")
    page.get_by_role("dialog").wait_for()
    stops = []
    for _ in range(5):
        stops.append(page.evaluate("document.activeElement.closest('dialog') ? document.activeElement.innerText : ''"))
        page.keyboard.press("Tab")
    assert stops[0] == "Batal"
    assert "Tutup dinas ini" in stops
    # Between the last and the first stop the browser's own window may have its turn; the page behind never has.
    behind = page.evaluate("[document.activeElement.tagName, !!document.activeElement.closest('dialog')]")
    assert behind[1] or behind[0] == "BODY", behind
    admin.see("dialog")
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")
    assert focus(page)["label"] == "Tutup dinas ini"


def test_a_map_is_read_by_keyboard(served: Served, person: Callable[..., Person]) -> None:
    place, portal = wargaku(served), served.portal("surabaya")
    with as_tenant(served.session, place.id):
        installation = served.session.scalars(select(Installation)).one()
        values = {"title": LAMP, "category": "street-light", "place": [112.7, -7.25]}
        create_record(served.session, installation, SYSTEM, "report", values, channel="api")
        served.session.commit()
    citizen = person()
    page = citizen.page
    citizen.go(f"{portal}/siaran/map")
    mark = page.locator(".leaflet-marker-icon")
    mark.wait_for()
    mark.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.matches('.leaflet-popup a')")
    page.keyboard.press("Escape")
    page.locator(".leaflet-popup").wait_for(state="detached")
    assert page.evaluate("document.activeElement.matches('.leaflet-marker-icon')")


def _write_report(citizen: Person, portal: str, folder: Path) -> None:
    page = citizen.page
    choosers: list[FileChooser] = []

    def hear(found: FileChooser) -> None:
        choosers.append(found)

    # Heard from the beginning: a browser that is told too late opens its own window, which nobody sees here.
    page.on("filechooser", hear)
    citizen.go(f"{portal}/siaran/report")
    assert tab_to(page, name="category")["type"] == "radio"
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    assert page.locator("[name=category]:checked").count() == 1
    citizen.see("category")
    tab_to(page, name="title")
    page.keyboard.type(LAMP)
    tab_to(page, name="description")
    page.keyboard.type("Sudah tiga malam gelap.")
    tab_to(page, name="photos")
    citizen.see("photos")
    page.keyboard.press("Enter")
    for _ in range(200):
        if choosers:
            break
        page.wait_for_timeout(100)
    choosers[0].set_files(photo_of_a_phone(folder, width=600, height=800))
    page.locator(".lb-preview-size").wait_for()
    tab_to(page, label="Pakai titik tengah peta")
    assert tab_to(page, label="Peta untuk memilih titik")["tag"] == "DIV"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("+")
    citizen.see("map")
    page.keyboard.press("Enter")
    page.get_by_text("Titik dipilih").wait_for()
    chosen = page.locator("[name='place.lon']").input_value()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(400)
    page.keyboard.press("Enter")
    assert float(page.locator("[name='place.lon']").input_value()) > float(chosen)
    tab_to(page, name="place.text")
    tab_to(page, label="Pakai titik tengah peta", back=True)
    page.keyboard.press("Enter")
    page.get_by_text("Titik dipilih").wait_for()
    tab_to(page, name="place.text")
    page.keyboard.type("Depan SDN 2")


def _answer(handler: Person) -> None:
    page = handler.page
    page.locator("#action-respond").wait_for()
    if page.locator("#action-respond").get_attribute("open") is None:
        tab_to(page, label="Tanggapi")
        page.keyboard.press("Enter")
    tab_to(page, name="respond.answer")
    handler.see("answering")
    page.keyboard.type("Regu berangkat besok pagi.")
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if focus(page)["type"] == "submit":
            break
    page.keyboard.press("Enter")
    page.get_by_text("Tersimpan:").wait_for()
    handler.see("answered")
