"""A municipality joins: from an account to the first report."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.conftest import Person, Served
from tests.journeys.reporting import LAMP, link_in, row, send, subjects, tracking_code, write_report
from tests.siaran import publish_siaran
from tests.world import PASSWORD

pytestmark = [pytest.mark.journey, pytest.mark.usual_screen("desk")]
RATNA, JOKO = "ratna@slemankab.id", "joko@slemankab.id"
LETTER = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def test_a_municipality_joins(served: Served, person: Callable[..., Person], tmp_path: Path) -> None:
    publish_siaran(served.session, served.world)
    portal = served.portal("sleman")

    ratna = person()
    _sign_up(ratna, served)
    _claim(ratna, tmp_path)

    operator = person()
    operator.sign_in(served.world.operator, to="/operator/claims")
    operator.see("claims")
    operator.page.get_by_role("link", name="Sleman").first.click()
    operator.page.locator("[name=slug]").wait_for()
    operator.see("claim")
    operator.page.locator("[name=slug]").fill("sleman")
    operator.page.get_by_role("button", name="Setujui").click()
    operator.page.wait_for_url(re.compile(r"/operator/claims"))
    operator.page.locator("[name=slug]").wait_for(state="detached")
    operator.see("approved")
    served.work()
    assert len(served.mailbox.to(RATNA)) == 2, subjects(served, RATNA)

    ratna.go("/claims")
    ratna.see("claim-approved")
    ratna.page.get_by_role("link", name="Siapkan portal").click()
    ratna.page.wait_for_url(f"{portal}/manage")
    ratna.see("checklist")
    early = person(on="phone")
    early.page.goto(portal)
    early.page.get_by_text("sedang disiapkan").first.wait_for()
    early.see("being-prepared")

    _place_on_map(ratna, portal)
    _agencies(ratna, portal)
    joko = _invite(ratna, served, person, portal)
    _calendar(ratna, portal)
    _enable(ratna, portal)

    ratna.go(f"{portal}/manage")
    ratna.see("checklist-ready")
    ratna.page.get_by_role("button", name="Buka portal").click()
    ratna.page.get_by_role("dialog").get_by_role("button", name="Buka portal").click()
    ratna.page.get_by_role("link", name="Lihat portal").wait_for()
    ratna.see("opened")

    citizen = person(on="phone")
    citizen.go(portal)
    citizen.see("portal")
    write_report(citizen, portal)
    citizen.page.locator("[data-centre]").click()
    send(citizen)
    assert tracking_code(citizen)
    joko.go(f"{portal}/work?tab=all")
    row(joko, LAMP).wait_for()
    joko.see("first-report")
    ratna.go(f"{portal}/manage")
    ratna.see("checklist-done")


def _sign_up(ratna: Person, served: Served) -> None:
    page = ratna.page
    ratna.go("/sign-up")
    page.locator("[name=name]").fill("Ratna Dewi")
    page.locator("[name=email]").fill(RATNA)
    page.locator("[name=password]").fill(PASSWORD)
    ratna.see("sign-up")
    page.get_by_role("button", name="Buat akun").click()
    page.get_by_role("heading", name="Periksa e-mail Anda").wait_for()
    ratna.see("check-mail")
    served.work()
    ratna.go(link_in(served.mailbox.to(RATNA)[0]))
    ratna.see("confirm")
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Ya, ini alamat saya").click()
    page.wait_for_url("**/sign-in")
    ratna.see("confirmed")
    page.locator("[name=email]").fill(RATNA)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form:has(input[name=password]) button[type=submit]").click()
    page.wait_for_url(lambda address: not address.endswith("/sign-in"))


def _claim(ratna: Person, folder: Path) -> None:
    page = ratna.page
    ratna.go("/regions")
    page.locator("[name=q]").fill("sleman")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/regions?q=sleman")
    ratna.see("regions")
    page.get_by_role("link", name="Sleman").first.click()
    page.get_by_role("link", name="Daftarkan daerah ini").wait_for()
    ratna.see("region")
    page.get_by_role("link", name="Daftarkan daerah ini").click()
    letter = folder / "surat-tugas.pdf"
    letter.write_bytes(LETTER)
    page.locator("[name=office]").fill("Dinas Komunikasi dan Informatika")
    page.locator("[name=position]").fill("Pranata Komputer")
    page.locator("[name=evidence]").fill("Surat tugas 800/123/2026; telepon kantor 0274-868405.")
    page.locator("[name=evidence_file]").set_input_files(letter)
    page.locator("[name=accept_terms]").check()
    page.locator("[name=accept_processing]").check()
    ratna.see("claim-form")
    page.get_by_role("button", name="Kirim pengajuan").click()
    page.get_by_text("sedang memeriksa bukti Anda").wait_for()
    ratna.see("claim-sent")


def _place_on_map(ratna: Person, portal: str) -> None:
    page = ratna.page
    ratna.go(f"{portal}/manage/municipality")
    page.locator("[name='place.text']").fill("-7.7161, 110.3554")
    page.locator("[name='place.text']").blur()
    page.get_by_text("Titik dipilih").wait_for()
    page.locator("[name=contact_phone]").fill("0274 868405")
    ratna.see("particulars")
    page.get_by_role("button", name="Simpan", exact=True).click()
    page.locator(".lb-tone-green").first.wait_for()
    ratna.see("particulars-saved")


def _agencies(ratna: Person, portal: str) -> None:
    for name, short in (("Dinas Perhubungan", "Dishub"), ("Dinas Lingkungan Hidup", "DLH")):
        ratna.go(f"{portal}/manage/agencies/new")
        ratna.page.locator("[name=name]").fill(name)
        ratna.page.locator("[name=short_name]").fill(short)
        ratna.see("agency-form")
        ratna.page.get_by_role("button", name="Simpan", exact=True).click()
        ratna.page.get_by_role("heading", name=name).first.wait_for()
    ratna.go(f"{portal}/manage/agencies")
    ratna.see("agencies")


def _invite(ratna: Person, served: Served, person: Callable[..., Person], portal: str) -> Person:
    page = ratna.page
    ratna.go(f"{portal}/manage/people/new")
    page.locator("[name=name]").fill("Joko Susilo")
    page.locator("[name=email]").fill(JOKO)
    page.locator("[name=position]").fill("Kepala Dinas")
    page.locator("[name=agency_id]").select_option(label="Dinas Perhubungan")
    page.locator("[name=head]").check()
    ratna.see("invite")
    page.get_by_role("button", name="Buat undangan").click()
    page.get_by_role("heading", name="Undangan untuk Joko Susilo").wait_for()
    page.locator(".lb-qr svg").first.wait_for()
    ratna.see("invited")
    served.work()

    joko = person()
    joko.go(link_in(served.mailbox.to(JOKO)[0]))
    joko.see("invitation")
    joko.page.locator("[name=password]").fill(PASSWORD)
    joko.page.get_by_role("button", name="Buat akun dan terima").click()
    joko.page.wait_for_url(f"{portal}/work")
    joko.see("landed-in-the-inbox")
    ratna.go(f"{portal}/manage/people")
    page.get_by_role("link", name="Joko Susilo").wait_for()
    ratna.see("people")
    return joko


def _calendar(ratna: Person, portal: str) -> None:
    page = ratna.page
    ratna.go(f"{portal}/manage/calendar")
    ratna.see("calendar")
    page.get_by_role("button", name="Simpan jam kantor").click()
    page.get_by_text("Belum disimpan.").wait_for(state="detached")
    page.get_by_role("link", name=re.compile("^Libur nasional")).click()
    # A new municipality begins with the national days of this year and the next.
    page.get_by_text("Kalender sudah sesuai").wait_for()
    ratna.see("national-days")


def _enable(ratna: Person, portal: str) -> None:
    page = ratna.page
    ratna.go(f"{portal}/manage/apps")
    ratna.see("apps")
    ratna.go(f"{portal}/manage/apps/siaran/enable")
    ratna.see("enable-form")
    for number in range(6):
        page.locator(f"select[name='categories.{number}.agency']").select_option("dishub")
    page.get_by_label("Langsung ke dinas").check()
    page.get_by_role("button", name="Aktifkan sekarang").click()
    page.get_by_text("Aplikasi sudah aktif di portal.").wait_for()
    ratna.see("enabled")
