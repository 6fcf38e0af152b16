"""A head of agency goes on leave: somebody acts for some days, sees and does what the head does, and then no longer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Locator

from lumbung.db import now
from lumbung.db.clock import shift_clock
from tests.journeys.conftest import Person, Served
from tests.journeys.reporting import LAMP, act, at_work, row, send, subjects, tracking_code, write_report
from tests.siaran import enable_siaran

pytestmark = [pytest.mark.journey, pytest.mark.usual_screen("phone")]
LATER = "Trotoar rusak di depan pasar"


def test_who_acts_for_a_head_does_so_for_some_days(served: Served, person: Callable[..., Person]) -> None:
    place, portal = served.world.tangsel, served.portal("tangsel")
    enable_siaran(served.session, served.world)
    citizen, admin, dispatcher, acting = person(on="phone"), person(), person(), person()
    write_report(citizen, portal)
    send(citizen)
    tracking_code(citizen)
    at_work(acting, place, "cleaner")
    assert row(acting).count() == 0

    admin.sign_in(place.accounts["admin"], to="/handover?to=tangsel&next=/manage/agencies")
    admin.page.get_by_role("link", name="Dinas Perhubungan").click()
    admin.page.get_by_text("Pelaksana tugas (Plt.)").wait_for()
    form = admin.page.locator("form[action$='/acting']")
    form.locator("[name=acting_id]").select_option(label=_choice(form, "Head Tangsel"))
    form.locator("[name=last_day]").fill((now() + timedelta(days=3)).date().isoformat())
    form.locator("[name=reason]").fill("Cuti tahunan, ST 800/12/2026")
    form.get_by_role("button", name="Tetapkan Plt.").click()
    admin.page.locator("[data-error-summary]").wait_for()
    assert "Orang ini sudah kepalanya" in admin.page.locator("main").inner_text()
    admin.see("not-the-head")
    form.locator("[name=acting_id]").select_option(label=_choice(form, "Cleaner Tangsel"))
    form.get_by_role("button", name="Tetapkan Plt.").click()
    admin.page.get_by_text("Pelaksana tugas tersimpan.").wait_for()
    admin.page.locator("main").get_by_text("Sekarang").wait_for()
    admin.see("appointed")

    at_work(dispatcher, place, "dispatcher")
    row(dispatcher).get_by_role("link").first.click()
    act(dispatcher, "assign", choose="Dinas Perhubungan")
    dispatcher.see("forwarded")
    at_work(acting, place, "cleaner")
    row(acting).wait_for()
    acting.see("sees-it")

    with shift_clock(timedelta(hours=49)):
        write_report(citizen, portal, title=LATER)
        send(citizen)
        tracking_code(citizen)
        served.work()
        dispatcher.go(f"{portal}/work")
        row(dispatcher, LATER).get_by_role("link").first.click()
        act(dispatcher, "assign", choose="Dinas Perhubungan")
        assert any("Tanda merah" in text for text in subjects(served, place.accounts["cleaner"].email))
        assert not any("Tanda merah" in text for text in subjects(served, place.accounts["head"].email))
        acting.go(f"{portal}/work?tab=act")
        rows = acting.page.locator("main .lb-row")
        assert [LAMP in rows.nth(n).inner_text() for n in range(rows.count())] == [True, False]
        row(acting).locator(".lb-late").wait_for()
        acting.see("red-first")
        row(acting).get_by_role("link").first.click()
        acting.page.get_by_text("Sembunyikan dari umum").wait_for()
        act(acting, "respond", text="Regu berangkat siang ini.")
        acting.see("answered")
        address = acting.page.url

    with shift_clock(timedelta(days=5)):
        acting.go(f"{portal}/work")
        acting.page.get_by_role("heading", name="Kotak kerja").wait_for()
        assert acting.page.locator("main .lb-row").count() == 0
        acting.see("no-longer")
        refused = acting.page.goto(address)
        assert refused is not None
        assert refused.status == 404
        admin.page.reload()
        admin.page.get_by_text("Pelaksana tugas (Plt.)").wait_for()
        assert admin.page.get_by_text("Sekarang").count() == 0
        admin.see("over")


def test_an_acting_head_is_called_off_before_the_last_day(served: Served, person: Callable[..., Person]) -> None:
    place, portal = served.world.tangsel, served.portal("tangsel")
    enable_siaran(served.session, served.world)
    citizen, admin, acting = person(on="phone"), person(), person()
    write_report(citizen, portal)
    send(citizen)
    tracking_code(citizen)
    agency = place.agencies["dishub"].id
    admin.sign_in(place.accounts["admin"], to=f"/handover?to=tangsel&next=/manage/agencies/{agency}")
    form = admin.page.locator("form[action$='/acting']")
    form.locator("[name=acting_id]").select_option(label=_choice(form, "Evaluator Tangsel"))
    form.locator("[name=last_day]").fill((now() + timedelta(days=3)).date().isoformat())
    form.locator("[name=reason]").fill("Dinas luar")
    form.get_by_role("button", name="Tetapkan Plt.").click()
    admin.page.get_by_text("Pelaksana tugas tersimpan.").wait_for()
    at_work(acting, place, "evaluator")
    assert row(acting).count() == 1
    admin.page.get_by_role("button", name="Akhiri").click()
    admin.see("asked-before-it-ends")
    admin.page.get_by_role("dialog").get_by_role("button", name="Akhiri").click()
    admin.page.get_by_text("Pelaksana tugas diakhiri.").wait_for()
    acting.page.reload()
    acting.page.get_by_role("heading", name="Kotak kerja").wait_for()
    assert row(acting).count() == 0


def _choice(form: Locator, name: str) -> str:
    """The whole label of a choice: a name comes with the person's position."""
    return form.locator("[name=acting_id] option").filter(has_text=name).inner_text()
