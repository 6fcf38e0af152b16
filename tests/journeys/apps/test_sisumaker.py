"""A hurried head routes a letter to three units with four taps; who acts for the head can; a secret stays one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from lumbung.db import as_tenant, now
from tenants.agencies.heads import delegate_head
from tests.journeys.apps.walking import choose_first, enable_bundled, fill_in, take
from tests.journeys.conftest import Person, Served
from tests.journeys.reporting import at_work, row, send

pytestmark = [pytest.mark.journey, pytest.mark.usual_screen("phone")]
INVITED, SECRET = "Undangan rapat koordinasi banjir", "Pemeriksaan kepegawaian"
UNITS = ("Dinas Perhubungan", "Dinas Lingkungan Hidup", "Dinas Komunikasi dan Informatika")
PEOPLE = [("handler", "clerk"), ("cleaner", "staff"), ("dispatcher", "staff")]


def register(clerk: Person, subject: str, secrecy: str) -> None:
    clerk.page.goto(f"{clerk.served.portal('tangsel')}/sisumaker/register")
    letter = {"subject": subject, "sender": "Gubernur Banten", "letter_date": "2026-11-20", "addressee": "dishub"}
    fill_in(clerk, {**letter, "urgency": "urgent", "secrecy": secrecy})
    clerk.see("register")
    send(clerk)
    clerk.page.get_by_text("Surat tercatat").first.wait_for()
    assert clerk.page.locator(".lb-code").count() == 0


def test_a_letter_goes_to_three_units_and_comes_back(served: Served, person: Callable[..., Person]) -> None:
    place = served.world.tangsel
    enable_bundled(served, "sisumaker", PEOPLE)
    clerk, head, unit = person(on="desk"), person(), person()
    at_work(clerk, place, "handler")
    register(clerk, SECRET, "secret")
    register(clerk, INVITED, "open")

    at_work(head, place, "head")
    choose_first(head, INVITED)
    form = head.page.locator("#action-route form")
    for tap in (*(form.get_by_label(unit) for unit in UNITS), form.get_by_role("button", name="Disposisikan")):
        tap.click()
    head.page.get_by_text("0 dari 3 selesai").wait_for()
    head.see("routed")

    at_work(unit, place, "cleaner")
    assert row(unit, SECRET).count() == 0
    choose_first(unit, INVITED)
    unit.see("instruction")
    take(unit, "finish", {"result": "Hadir tiga orang, perahu karet siap."})
    unit.page.get_by_role("link", name=INVITED).first.click()
    unit.page.get_by_text("1 dari 1 selesai").wait_for()
    unit.go(f"{served.portal('tangsel')}/sisumaker/book")
    row(unit, INVITED).wait_for()
    assert row(unit, SECRET).count() == 0
    unit.see("book")
    head.page.reload()
    head.page.get_by_text("1 dari 3 selesai").wait_for()

    with as_tenant(served.session, place.id):
        agency, today = place.agencies["dishub"], now().date()
        acting = place.members["evaluator"].id
        delegate_head(
            served.session, agency, acting_id=acting, first_day=today, last_day=today + timedelta(days=2), reason="Cuti"
        )
        served.session.commit()
    at_work(unit := person(), place, "evaluator")
    choose_first(unit, SECRET)
    take(unit, "route", {"units": "diskominfo", "instruction": "answer"})
    unit.see("routed-by-the-acting-head")
