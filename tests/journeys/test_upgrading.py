"""SIARAN 0.9 becomes 0.10 in Tangsel: looked at, switched, some reports moved, taken back, and back to 0.9."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from app_catalog.installations.models import Installation
from lumbung.db import as_tenant
from tests.app_runtime.stage import Stage
from tests.journeys.conftest import Person, Served
from tests.next_siaran import publish_next
from tests.siaran import enable_siaran

pytestmark = [pytest.mark.journey, pytest.mark.usual_screen("desk")]
AT = "/manage/apps/siaran/versions"


def test_an_admin_upgrades_siaran_and_goes_back(served: Served, person: Callable[..., Person]) -> None:
    place, portal = served.world.tangsel, served.portal("tangsel")
    _running_reports(served)
    admin = person()
    admin.sign_in(place.accounts["admin"], to="/handover?to=tangsel&next=/manage/apps/siaran")
    page = admin.page
    page.get_by_role("link", name="Versi", exact=True).click()
    page.get_by_role("heading", name="Berkas menurut versi").wait_for()
    admin.see("versions")
    page.get_by_role("link", name="Lihat artinya bagi kami").click()
    page.get_by_text("Semua lulus di bawah pengaturan Anda.").wait_for()
    page.get_by_text("3 lebih cepat").wait_for()
    admin.see("report")
    page.locator("[name=reason]").fill("Tanggapan dalam sehari")
    page.get_by_role("button", name="Pakai versi 0.10.0").click()
    page.get_by_text("Berkas baru dibuat dengan versi 0.10.0").wait_for()

    page.get_by_role("link", name="Pindahkan Laporan").click()
    page.get_by_label("Diteruskan (2)").uncheck()
    page.locator("[name='states.waiting']").select_option("assigned")
    page.locator("[name='fields.cost']").select_option("expense")
    admin.see("mapping")
    page.get_by_role("button", name="Pindahkan", exact=True).click()
    page.get_by_text("Sedang berjalan").wait_for()
    admin.see("moving")
    served.work()
    page.get_by_role("button", name="Batalkan pemindahan").wait_for()
    admin.see("moved")
    admin.go(f"{portal}{AT}")
    page.get_by_text("2 berjalan").wait_for()
    page.get_by_text("1 berjalan").wait_for()
    admin.see("two-versions")

    page.get_by_role("link", name="0.9.0 ke 0.10.0").click()
    page.get_by_role("button", name="Batalkan pemindahan").click()
    page.get_by_role("dialog").get_by_role("button", name="Batalkan pemindahan").click()
    page.get_by_text("sedang dikembalikan").wait_for()
    served.work()
    page.get_by_text("sudah dikembalikan").wait_for()
    admin.go(f"{portal}{AT}/0.9.0")
    page.get_by_role("button", name="Kembali ke versi 0.9.0").click()
    page.get_by_text("Berkas baru dibuat dengan versi 0.9.0").wait_for()
    page.get_by_text("3 berjalan").wait_for()
    admin.see("back")


def _running_reports(served: Served) -> None:
    place = served.world.tangsel
    enable_siaran(served.session, served.world, place)
    with as_tenant(served.session, place.id):
        installation = served.session.scalars(select(Installation)).one()
        stage = Stage(served.session, place, installation)
        for number in range(3):
            record = stage.report({"title": f"Lampu nomor {number} mati"}).record
            stage.act(record, "dispatcher", "assign", agency="dlh")
        stage.act(record, "cleaner", "ask", question="Di mana tiangnya?")
        served.session.commit()
    publish_next(served.session, served.world)
