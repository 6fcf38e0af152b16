"""A municipality asks for help with an app: accepted, a session with its calendar file, minutes, done, thanks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from icalendar import Calendar

from lumbung.db import now, shift_clock
from tests.app_catalog.assisting import local
from tests.journeys.conftest import Person, Served
from tests.siaran import enable_siaran

pytestmark = [pytest.mark.journey, pytest.mark.usual_screen("phone")]
OVERVIEW = "/manage/apps/siaran/assistance"


def test_help_is_asked_for_given_and_thanked(served: Served, person: Callable[..., Person], screen: str) -> None:
    enable_siaran(served.session, served.world, served.world.surabaya)
    asker, helper = person(), person()
    asker.sign_in(served.world.surabaya.accounts["admin"], to="/handover?to=surabaya&next=/manage/apps/siaran")
    asker.page.get_by_text("30 hari pertama").wait_for()
    asker.see("app-managed")
    asker.page.get_by_role("link", name="Pendampingan").click()
    asker.page.locator("#f-topic").select_option("training")
    asker.page.locator("#f-words").fill("Dua puluh petugas dinas belum pernah memakai kotak kerja.")
    asker.page.locator("#f-suitable").fill("Selasa atau Kamis pagi")
    asker.page.get_by_label("Kota Tangerang Selatan (penerbit)").check()
    asker.page.locator("#f-shares_progress").check()
    asker.see("ask")
    asker.page.get_by_role("button", name="Kirim permintaan").click()
    asker.page.get_by_text("Permintaan terkirim.").wait_for()
    case = asker.page.url
    served.work()
    assert served.mailbox.to("admin@tangsel.test")

    helper.sign_in(served.world.tangsel.accounts["admin"], to="/assistance")
    helper.see("asked-list")
    helper.page.get_by_role("link", name="Kota Surabaya").click()
    helper.page.get_by_label("Ya, kami bersedia mendampingi").check(force=True)
    helper.see("answer")
    helper.page.get_by_role("button", name="Kirim jawaban").click()
    helper.page.get_by_text("Kemajuan mereka").wait_for()
    helper.see("accepted")
    desk = helper.page.url
    helper.page.get_by_role("link", name="Usulkan sesi").click()
    helper.page.locator("#f-title").fill("Mengenal kotak kerja")
    helper.page.locator("#f-time_1").fill(local(now() + timedelta(days=3)))
    helper.page.locator("#f-time_2").fill(local(now() + timedelta(days=4)))
    helper.page.locator("#f-place").fill("https://rapat.example.org/siaran")
    helper.see("propose")
    helper.page.get_by_role("button", name="Kirim usulan").click()
    helper.page.get_by_text("Usulan waktu terkirim.").wait_for()

    asker.go(case)
    asker.page.get_by_role("link", name="Mengenal kotak kerja").click()
    asker.page.locator("input[name=option]").first.check()
    asker.see("choose-time")
    asker.page.get_by_role("button", name="Sepakati waktu ini").click()
    asker.page.get_by_text("Waktu disepakati.").wait_for()
    asker.see("agreed")
    with asker.page.expect_download() as downloaded:
        asker.page.get_by_role("link", name="Berkas kalender").click()
    (event,) = Calendar.from_ical(Path(downloaded.value.path()).read_bytes()).events
    assert str(event["LOCATION"]) == "https://rapat.example.org/siaran"
    meeting = asker.page.url
    served.work()
    for address in ("admin@tangsel.test", "admin@surabaya.test"):
        mail = served.mailbox.to(address)[-1]
        assert any(part.get_content_type() == "text/calendar" for part in mail.walk()), address

    with shift_clock(timedelta(days=3, hours=2)):
        asker.go(meeting)
        asker.page.locator("#f-attendance").fill("20")
        asker.page.locator("#f-notes").fill("Semua petugas menjawab satu laporan percobaan sendiri.")
        asker.see("minutes")
        asker.page.get_by_role("button", name="Simpan hasil").click()
        asker.page.get_by_text("Hasil sesi tersimpan.").wait_for()
        helper.go(desk)
        helper.see("thread")
        helper.page.get_by_role("button", name="Tutup, bantuan sudah diberikan").click()
        helper.page.get_by_text("Pendampingan ditutup.").wait_for()
        asker.go(case)
        asker.page.locator("#f-stars-5").check(force=True)
        asker.page.locator("#f-thanks").fill("Sabar, dan langsung ke pokoknya.")
        asker.page.locator("#f-public").check()
        asker.see("thank")
        asker.page.get_by_role("button", name="Simpan").click()
        asker.page.get_by_text("Penilaian tersimpan.").wait_for()
    helper.go("/apps/siaran/learn")
    helper.page.get_by_text("Sabar, dan langsung ke pokoknya.").wait_for()
    helper.see("learn")
