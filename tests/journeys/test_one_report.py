"""One report in Surabaya and one in Tangsel, from the phone of a citizen to the end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from lumbung.db.clock import shift_clock
from tests.journeys.conftest import Person, Served
from tests.journeys.reporting import (
    LAMP,
    act,
    at_work,
    file_behind,
    link_in,
    photo_of_a_phone,
    row,
    send,
    subjects,
    tracking_code,
    wargaku,
    write_report,
)
from tests.siaran import enable_siaran

pytestmark = pytest.mark.journey
SARI = "sari@warga-surabaya.id"


@pytest.mark.usual_screen("phone")
def test_a_dead_street_light_in_surabaya(served: Served, person: Callable[..., Person], tmp_path: Path) -> None:
    place, portal = wargaku(served), served.portal("surabaya")
    photo = photo_of_a_phone(tmp_path)
    (tmp_path / "after").mkdir()
    after = photo_of_a_phone(tmp_path / "after", width=900, height=1200)

    citizen = person(on="phone")
    citizen.go(portal)
    citizen.page.get_by_text("Wargaku").first.wait_for()
    citizen.see("portal")
    citizen.go(f"{portal}/siaran")
    citizen.see("service")
    write_report(citizen, portal, photo=photo, email=SARI)
    citizen.page.locator("[data-centre]").click()
    citizen.page.get_by_text("Titik dipilih").wait_for()
    citizen.page.locator(".lb-preview-size").wait_for()
    citizen.see("form")
    with citizen.page.expect_request(lambda asked: asked.method == "POST") as sent:
        send(citizen)
    code = tracking_code(citizen)
    body = int(sent.value.all_headers()["content-length"])
    assert body < photo.stat().st_size / 2, f"the phone sent {body} bytes of {photo.stat().st_size}"
    number = citizen.page.get_by_text("SR/").first.inner_text()
    assert citizen.page.locator("main svg, main img").first.is_visible()
    citizen.see("done")

    served.work()
    assert subjects(served, SARI) == [f"Laporan {number} kami terima"]
    link = link_in(served.mailbox.to(SARI)[0])
    assert code in link
    citizen.go(link)
    stored = file_behind(citizen, citizen.page.locator("main .lb-photos img").first)
    with Image.open(BytesIO(stored)) as picture:
        assert max(picture.size) <= 1600
        assert not dict(picture.getexif())
    citizen.see("tracked")

    other = person()
    at_work(other, place, "cleaner")
    assert row(other).count() == 0
    other.see("other-agency")
    handler = person()
    at_work(handler, place, "handler")
    row(handler).wait_for()
    assert row(handler).locator(".lb-late").count() == 0
    handler.see("inbox")
    row(handler).get_by_role("link").first.click()
    handler.page.locator("#action-respond").wait_for()
    address = handler.page.url
    foreign = other.page.goto(address)
    assert foreign is not None
    assert foreign.status == 404
    other.see("foreign-record")

    with shift_clock(timedelta(hours=49)):
        served.work()
        assert any("Tanda merah" in subject for subject in subjects(served, place.accounts["head"].email))
        at_work(handler, place, "handler")
        row(handler).locator(".lb-late").wait_for()
        handler.see("inbox-red")
        citizen.go(f"{portal}/siaran/public-reports")
        row(citizen).locator(".lb-late").wait_for()
        citizen.see("list-red")
        row(citizen).get_by_role("link").first.click()
        citizen.page.locator("main .lb-late").first.wait_for()
        assert SARI not in citizen.page.content()
        citizen.see("public-red")
        citizen.go(f"{portal}/siaran/map")
        row(citizen).locator(".lb-late").wait_for()
        citizen.page.locator(".leaflet-marker-icon").first.wait_for()
        citizen.see("map-red")

        handler.go(address)
        handler.see("record-red")
        act(handler, "respond", text="Regu berangkat besok pagi membawa lampu pengganti.")
        assert handler.page.locator(".lb-work-marks .lb-late").count() == 0
        handler.see("record-answered")
        citizen.go(f"{portal}/siaran/public-reports")
        row(citizen).wait_for()
        assert row(citizen).locator(".lb-late").count() == 0
        act(handler, "ask", text="Tiang nomor berapa yang mati?")
        served.work()

        citizen.go(link_in(served.mailbox.to(SARI)[-1]))
        citizen.page.get_by_text("Tiang nomor berapa yang mati?").first.wait_for()
        citizen.see("asked")
        citizen.page.locator("#action-reply textarea").fill("Tiang nomor 14, di sebelah warung.")
        citizen.page.locator("#action-reply button[type=submit]").click()
        citizen.page.locator("#action-reply").wait_for(state="detached")
        citizen.page.get_by_text("Tiang nomor 14, di sebelah warung.").first.wait_for()
        citizen.see("replied")

        handler.go(address)
        handler.page.get_by_text("Tiang nomor 14").first.wait_for()
        act(handler, "fix", photo=after)
        handler.see("record-fixed")
        served.work()
        assert subjects(served, SARI)[-1] == f"Laporan {number} selesai"

        citizen.go(link)
        citizen.page.get_by_text("Foto sesudah").first.wait_for()
        citizen.see("fixed")
        citizen.page.locator("#action-reopen button[type=submit]").click()
        citizen.page.locator("#action-reopen").wait_for(state="detached")
        citizen.see("reopened")

        at_work(handler, place, "handler")
        handler.go(address)
        act(handler, "fix", photo=after)
        served.work()
        citizen.go(link)
        citizen.page.get_by_text("Foto sesudah").first.wait_for()
        history = citizen.page.locator(".lb-timeline").inner_text()
        steps = ("Dibuat", "Diteruskan", "Tanggapan", "Menunggu pelapor", "Tiang nomor 14", "Selesai", "Diterima")
        assert [step for step in steps if step not in history] == []
        assert history.count("Foto sesudah") == 2
        citizen.see("finished")
        handler.go(address)
        handler.see("record-finished")


@pytest.mark.usual_screen("desk")
def test_a_forward_does_not_stop_the_clock_in_tangsel(served: Served, person: Callable[..., Person]) -> None:
    place, portal = served.world.tangsel, served.portal("tangsel")
    enable_siaran(served.session, served.world)
    citizen = person(on="phone")
    write_report(citizen, portal)
    send(citizen)
    citizen.page.get_by_text("Tidak ada pesan yang dikirim kepada Anda.").wait_for()
    code = tracking_code(citizen)
    citizen.see("done-without-mail")

    with shift_clock(timedelta(hours=40)):
        served.work()
        dispatcher = person()
        at_work(dispatcher, place, "dispatcher")
        row(dispatcher).get_by_role("link").first.click()
        dispatcher.page.get_by_role("button", name="Sudah diperiksa, tayangkan").click()
        dispatcher.page.get_by_role("button", name="Cabut tanda periksa").wait_for()
        dispatcher.see("checked")
        act(dispatcher, "assign", choose="Dinas Perhubungan")
        dispatcher.see("forwarded")
        served.work()
        assert any("Laporan baru" in text for text in subjects(served, place.accounts["handler"].email))

    with shift_clock(timedelta(hours=49)):
        served.work()
        assert any("Tanda merah" in text for text in subjects(served, place.accounts["head"].email))
        citizen.go(f"{portal}/siaran/public-reports")
        row(citizen, LAMP).locator(".lb-late").wait_for()
        citizen.go(f"{portal}/track/{code}")
        citizen.page.locator("main .lb-late").first.wait_for()
        citizen.see("tracked-red")
        handler = person()
        at_work(handler, place, "handler")
        row(handler).locator(".lb-late").wait_for()
        row(handler).get_by_role("link").first.click()
        act(handler, "respond", text="Kami periksa hari ini.")
        assert handler.page.locator(".lb-work-marks .lb-late").count() == 0
        citizen.go(f"{portal}/track/{code}")
        citizen.page.get_by_text("Kami periksa hari ini.").first.wait_for()
        assert citizen.page.locator("main .lb-cluster .lb-late").count() == 0
        citizen.see("tracked-answered")
