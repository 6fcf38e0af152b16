"""What officials do besides answering: hide and blur, refuse a claim, take days off from a file, judge an app."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.conftest import Person, Served
from tests.journeys.reporting import at_work, photo_of_a_phone, row, send, tracking_code, wargaku, write_report

pytestmark = [pytest.mark.journey, pytest.mark.usual_screen("desk")]
HEADER = "tanggal;nama;jenis;sumber\n"
TITLE = "Lampu mati di dekat rumah Pak Budi"


def test_an_official_hides_a_report_and_blurs_its_photo_and_takes_both_back(
    served: Served, person: Callable[..., Person], tmp_path: Path
) -> None:
    place, portal = wargaku(served), served.portal("surabaya")
    citizen = person(on="phone")
    write_report(citizen, portal, photo=photo_of_a_phone(tmp_path, width=600, height=800), title=TITLE)
    citizen.page.locator(".lb-preview-size").wait_for()
    send(citizen)
    code = tracking_code(citizen)
    head = person()
    at_work(head, place, "head")
    row(head, TITLE).get_by_role("link").first.click()

    head.page.get_by_text("Sembunyikan dari umum").click()
    hiding = head.page.locator("form:has([name='hide.reason'])")
    hiding.locator("[name='hide.reason']").fill("Memuat nama orang.")
    hiding.get_by_role("button").click()
    head.page.get_by_text("Disembunyikan dari umum sejak").wait_for()
    head.see("hidden")
    citizen.go(f"{portal}/siaran/public-reports")
    assert row(citizen, TITLE).count() == 0
    citizen.go(f"{portal}/track/{code}")
    citizen.page.get_by_role("heading", name=TITLE).wait_for()
    head.page.get_by_role("button", name="Tampilkan lagi").click()
    head.page.get_by_text("Tampil untuk umum.").wait_for()
    citizen.go(f"{portal}/siaran/public-reports")
    row(citizen, TITLE).wait_for()

    head.page.get_by_role("link", name="Buramkan").click()
    head.page.locator("[data-blur] img").evaluate("picture => picture.decode()")
    box = head.page.locator("[data-blur] img").bounding_box()
    assert box
    mouse = head.page.mouse
    mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.2)
    mouse.down()
    mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.5, steps=4)
    mouse.up()
    areas = head.page.locator("[data-blur-areas]")
    drawn = areas.input_value()
    head.page.get_by_role("button", name="Tambah tanda dengan keyboard").focus()
    for key in ("Enter", "ArrowRight", "Shift+ArrowDown"):
        head.page.keyboard.press(key)
    assert areas.input_value() == f"{drawn};42.00,40.00,20.00,22.00"
    head.see("blurring")
    head.page.keyboard.press("Delete")
    assert areas.input_value() == drawn
    head.page.get_by_role("button", name="Buramkan untuk umum").click()
    head.page.get_by_text("Umum melihat versi buram").wait_for()
    head.see("blurred")
    head.page.get_by_role("link", name="Buramkan").click()
    head.page.get_by_role("button", name="Tampilkan foto asli ke umum").click()
    head.page.get_by_role("dialog").get_by_role("button", name="Tampilkan foto asli ke umum").click()
    head.page.get_by_role("heading", name=TITLE).wait_for()
    assert head.page.get_by_text("Umum melihat versi buram").count() == 0


def test_a_claim_is_refused_with_a_reason_and_claimed_again(served: Served, person: Callable[..., Person]) -> None:
    claimant, operator = person(), person()
    claimant.sign_in(served.world.stranger, to="/claim/34.04")
    _claim(claimant, "Surat tugas menyusul.", first=True)
    operator.sign_in(served.world.operator, to="/operator/claims")
    operator.page.get_by_role("link", name="Sleman").click()
    operator.page.locator("[name=reason]").fill("Nomor surat tugas belum ditulis.")
    operator.see("refusing")
    operator.page.get_by_role("button", name="Tolak").click()
    operator.page.get_by_text("Pengajuan ditolak").wait_for()

    claimant.go("/claims")
    claimant.page.get_by_text("Nomor surat tugas belum ditulis.").wait_for()
    claimant.see("refused")
    claimant.page.get_by_role("link", name="Ajukan lagi").click()
    claimant.page.get_by_text("Nomor surat tugas belum ditulis.").wait_for()
    assert claimant.page.locator("[name=evidence]").input_value() == "Surat tugas menyusul."
    claimant.see("again")
    _claim(claimant, "Surat tugas nomor 800/12/2026.")
    assert claimant.page.get_by_role("link", name="Ajukan lagi").count() == 0
    operator.go("/operator/claims")
    operator.page.get_by_role("link", name="Sleman").click()
    operator.page.get_by_role("button", name="Setujui").click()
    operator.page.get_by_text("bergabung di Lumbung").wait_for()
    claimant.go("/claims")
    claimant.page.get_by_role("link", name="Siapkan portal").wait_for()


def test_days_off_come_from_a_file(served: Served, person: Callable[..., Person], tmp_path: Path) -> None:
    place, portal = served.world.tangsel, served.portal("tangsel")
    admin = person()
    admin.sign_in(place.accounts["admin"], to="/handover?to=tangsel&next=/manage/calendar/import")
    file = tmp_path / "libur.csv"
    for content, said in (
        (b"", "Berkas ini kosong."),
        (b"PK\x03\x04 workbook", "lembar kerja, bukan CSV"),
        ((HEADER + "2026-12-01;Libur Caf\u00e9;lokal;Perwal 2\n").encode("latin-1"), "CSV UTF-8"),
        ((HEADER + "2026-02-30;HUT;lokal;Perwal 1\n").encode(), "Baris 2: Tanggal"),
    ):
        file.write_bytes(content)
        admin.go(f"{portal}/manage/calendar/import")
        _upload(admin, file)
        admin.page.locator("[role=alert]").filter(has_text=said).wait_for()
    admin.see("wrong")
    file.write_bytes((HEADER + "26/11/2026;HUT Kota;lokal;Perwal 1\n").encode())
    _upload(admin, file)
    admin.page.get_by_text("1 ditambahkan").wait_for()
    admin.see("preview")
    admin.page.get_by_role("button", name="Simpan ke kalender").click()
    admin.page.get_by_text("HUT Kota").first.wait_for()


def test_a_review_reaches_the_hub_and_is_answered(served: Served, person: Callable[..., Person]) -> None:
    place, portal = wargaku(served), served.portal("surabaya")
    admin, maintainer, visitor = person(), person(), person()
    admin.sign_in(place.accounts["admin"], to="/handover?to=surabaya&next=/manage")
    admin.go(f"{portal}/manage/apps/siaran/review")
    admin.page.locator("input[name=stars][value='4']").check()
    admin.page.locator("[name=words]").fill("Cepat dipasang; petugas suka.")
    admin.see("review")
    admin.page.get_by_role("button", name="Tampilkan ulasan").click()
    admin.page.get_by_text("Ulasan tampil di katalog").wait_for()

    maintainer.sign_in(served.world.tangsel.accounts["admin"], to="/publish/tangsel")
    maintainer.page.locator("main").get_by_role("link", name="Penilaian dan jawaban").click()
    maintainer.page.get_by_text("Cepat dipasang; petugas suka.").wait_for()
    maintainer.see("to-answer")
    form = maintainer.page.locator("form[id^='reply-']").first
    form.locator("textarea").fill("Terima kasih, Surabaya!")
    form.locator("button[type=submit]").click()
    maintainer.page.wait_for_url(re.compile("/publish/replies"))
    visitor.go("/apps/siaran")
    visitor.page.get_by_text("Cepat dipasang; petugas suka.").wait_for()
    visitor.page.get_by_text("Terima kasih, Surabaya!").wait_for()
    visitor.see("on-the-hub")


def _claim(claimant: Person, evidence: str, *, first: bool = False) -> None:
    page = claimant.page
    if first:
        page.locator("[name=office]").fill("Dinas Komunikasi dan Informatika")
        page.locator("[name=position]").fill("Kepala Bidang")
    page.locator("[name=evidence]").fill(evidence)
    page.locator("[name=accept_terms]").check()
    page.locator("[name=accept_processing]").check()
    page.get_by_role("button", name="Kirim pengajuan").click()
    page.get_by_text("Pengajuan terkirim").wait_for()


def _upload(admin: Person, file: Path) -> None:
    admin.page.locator("main input[type=file]").set_input_files(file)
    admin.page.get_by_role("button", name="Periksa", exact=True).click()
