"""A permit from a phone: applied for step by step, sent back once, approved by three people, verified by a stranger."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from app_runtime.documents.models import IssuedDocument
from lumbung.db import as_tenant
from lumbung.files import get_file, open_file
from tests.app_runtime.test_pages_form import photo
from tests.journeys.apps.walking import choose_first, enable_bundled, fill_in, go_on, take
from tests.journeys.conftest import Person, Served
from tests.journeys.reporting import at_work, send, tracking_code

pytestmark = [pytest.mark.journey, pytest.mark.usual_screen("phone")]
STALL = "Kedai Kopi Serpong"
PEOPLE = [("dispatcher", "checker"), ("admin", "supervisor")]
KINDS = ("billboard", "practice", "digging", "stall", "event")


def test_a_permit_is_issued_and_verified(served: Served, person: Callable[..., Person], tmp_path: Path) -> None:
    place, portal = served.world.tangsel, served.portal("tangsel")
    kinds = {kind: {"agency": "dlh"} for kind in KINDS}
    enable_bundled(served, "perizinan", PEOPLE, office="dishub", kinds=kinds)
    picture = tmp_path / "berkas.jpg"
    picture.write_bytes(photo())
    applicant = person()
    applicant.go(f"{portal}/perizinan/apply")
    what = {"kind": "stall", "business": STALL, "purpose": "Gerobak kopi 2 meter, pukul 16 sampai 22."}
    fill_in(applicant, {**what, "address": "Jl. Raya Serpong 12"})
    applicant.see("where")
    who = {"nik": "3674014501900001", "applicant.name": "Sari", "applicant.email": "sari@warga.id"}
    fill_in(applicant, {**who, "documents:identity": picture, "documents:premises": picture})
    applicant.see("documents")
    go_on(applicant)
    applicant.page.get_by_text("Jl. Raya Serpong 12").wait_for()
    applicant.see("looked-over")
    send(applicant)
    code = tracking_code(applicant)

    checker, supervisor, head = person(on="desk"), person(), person()
    at_work(checker, place, "dispatcher")
    choose_first(checker, STALL)
    checker.see("to-check")
    documents = checker.page.locator("#action-examine")
    documents.locator("summary").click()
    documents.get_by_label("KTP atau akta perusahaan: putusan").select_option("accepted")
    documents.get_by_label("Bukti atas lokasi: putusan").select_option("refused")
    documents.get_by_label("Bukti atas lokasi: catatan pemeriksa").fill("Tanda tangan tidak terbaca")
    checker.see("judging")
    take(checker, "examine")
    take(checker, "send_back", {"missing": "Kirim lagi bukti sewanya."})
    applicant.go(f"{portal}/track/{code}")
    applicant.page.get_by_text("Tanda tangan tidak terbaca").first.wait_for()
    assert applicant.page.locator("[name$='documents:identity']").count() == 0
    applicant.see("sent-back")
    completing = applicant.page.locator("#action-complete")
    completing.get_by_label("Penjelasan pemohon").fill("Ini fotonya.")
    completing.locator("[name$='documents:premises']").set_input_files(picture)
    with applicant.page.expect_navigation():
        completing.get_by_role("button", name="Kirim kelengkapan").click()
    checker.page.reload()
    checker.page.locator("#action-examine summary").click()
    checker.page.get_by_label("Bukti atas lokasi: putusan").select_option("accepted")
    take(checker, "examine")
    take(checker, "propose")
    at_work(supervisor, place, "admin")
    choose_first(supervisor, STALL)
    take(supervisor, "approve")
    at_work(head, place, "head")
    choose_first(head, STALL)
    take(head, "sign")
    served.work()
    head.page.reload()
    head.see("issued")

    applicant.go(f"{portal}/track/{code}")
    applicant.page.get_by_text("Izin berlaku").first.wait_for()
    applicant.see("valid")
    with as_tenant(served.session, place.id):
        issued = served.session.scalars(select(IssuedDocument)).one()
        document_code, file_id = issued.code, issued.file_id
        assert file_id is not None
        with open_file(get_file(served.session, file_id)) as opened:
            (tmp_path / "izin.pdf").write_bytes(opened.read())
    stranger = person()
    stranger.go(f"{portal}/verify")
    stranger.page.locator("input[name=code]").fill(document_code.lower())
    stranger.page.get_by_role("button", name="Periksa", exact=True).click()
    stranger.page.get_by_text("Dokumen ini sah dan berlaku.").wait_for()
    stranger.see("verified")
    stranger.page.locator("input[type=file]").set_input_files(tmp_path / "izin.pdf")
    stranger.page.get_by_role("button", name="Bandingkan").click()
    stranger.page.get_by_text("sama persis").wait_for()
    checker.go(f"{portal}/live")
    checker.page.get_by_role("heading", name="Baru saja").wait_for()
    checker.see("live")
