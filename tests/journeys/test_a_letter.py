"""A hurried head routes a letter to three units on a phone; a unit reports; the head sees how far it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator

from app_catalog.definitions.source import load_folder
from app_runtime.records.creating import create_record
from lumbung.db import as_tenant
from tests.app_runtime.test_children_together import actor
from tests.app_runtime.test_disposisi import FOLDER, ROLES
from tests.journeys.conftest import Person, Served
from tests.journeys.reporting import at_work, row
from tests.small_app import enable_small

pytestmark = [pytest.mark.journey, pytest.mark.usual_screen("phone")]
SUBJECT = "Undangan rapat koordinasi banjir"


def opened(who: Person, action: str) -> Locator:
    """The form of an action, unfolded; the page opens the most likely one by itself."""
    folded = who.page.locator(f"#action-{action}")
    folded.wait_for()
    if folded.get_attribute("open") is None:
        folded.locator("summary").click()
    return folded.locator("form")


def test_a_letter_goes_to_three_units_and_comes_back(served: Served, person: Callable[..., Person]) -> None:
    place = served.world.tangsel
    installation = enable_small(served.session, served.world, dict(load_folder(FOLDER).files), roles=ROLES)
    with as_tenant(served.session, place.id):
        secretary = actor(served.session, served.world, installation, "admin")
        create_record(served.session, installation, secretary, "letter", {"subject": SUBJECT, "sender": "Gubernur"})
        served.session.commit()
    head, unit = person(), person()
    at_work(head, place, "dispatcher")
    row(head, SUBJECT).get_by_role("link").first.click()
    form = opened(head, "route")
    for agency in ("Dinas Perhubungan", "Dinas Lingkungan Hidup", "Dinas Komunikasi dan Informatika"):
        form.get_by_label(agency).check()
    form.locator("[name='route.instruction']").fill("Hadiri dan laporkan")
    head.see("routing")
    form.get_by_role("button", name="Disposisi").click()
    head.page.get_by_text("0 dari 3 selesai").wait_for()
    head.see("routed")

    at_work(unit, place, "handler")
    row(unit, SUBJECT).get_by_role("link").first.click()
    unit.page.get_by_text("Bagian dari").wait_for()
    unit.see("disposition")
    report = opened(unit, "report")
    report.locator("[name='report.report']").fill("Hadir, tiga orang.")
    report.get_by_role("button", name="Laporkan hasil").click()
    unit.page.get_by_text("Dilaporkan").first.wait_for()
    unit.page.get_by_role("link", name=SUBJECT).first.click()
    unit.page.get_by_text("1 dari 1 selesai").wait_for()
    unit.see("letter-through-disposition")
    head.page.reload()
    head.page.get_by_text("1 dari 3 selesai").wait_for()
    head.see("one-is-back")
