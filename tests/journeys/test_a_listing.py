"""A publisher lists what already runs, a visitor finds it, and a municipality says that it uses it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app_catalog.publishers.models import Publisher, PublisherMember
from tests.app_catalog.definitions.publiccode_files import LONG, minimal
from tests.journeys.conftest import Person, Served

pytestmark = [pytest.mark.journey, pytest.mark.usual_screen("desk")]
SITE = "Situs Dinas Perhubungan"
INVENTORY = """nama,jenis,kategori,dinas,alamat
Situs Dinas Kesehatan,situs web,Kesehatan,Dinas Kesehatan,dinkes.tangsel.example
E-Kinerja,aplikasi web,Lainnya,BKPSDM,ekinerja.tangsel.example
Aplikasi Lama,faksimile,,Setda,lama.tangsel.example
"""


def test_what_already_runs_is_listed_and_used(served: Served, person: Callable[..., Person]) -> None:
    account = served.world.tangsel.accounts["admin"]
    publisher = Publisher(
        slug="tangsel",
        name="Kota Tangerang Selatan",
        kind="municipality",
        municipality_id=served.world.tangsel.id,
        contact_email="a@tangsel.example",
        status="approved",
    )
    served.session.add(publisher)
    served.session.flush()
    served.session.add(PublisherMember(publisher_id=publisher.id, account_id=account.id, role="owner"))
    served.session.commit()

    admin = person()
    page = admin.page
    admin.sign_in(account, to="/publish/tangsel/listings")
    admin.see("nothing-listed")
    page.get_by_role("link", name="Dari publiccode.yml").click()
    page.get_by_label("Isi berkas").fill(minimal().replace("AGPL-3.0-or-later", "Bebas saja"))
    page.get_by_role("button", name="Periksa").click()
    page.get_by_text("Baris 19, kolom 12").wait_for()
    admin.see("a-mistake-in-the-file")
    page.get_by_label("Isi berkas").fill(minimal())
    page.get_by_role("button", name="Periksa").click()
    page.get_by_text("publiccode.yml terbaca").wait_for()
    page.get_by_label("Nama", exact=True).fill(SITE)
    page.get_by_label("Alamat").fill("https://dishub.tangsel.example/")
    page.get_by_label("Dijalankan oleh").fill("Dinas Perhubungan")
    page.get_by_label("Kategori").select_option("transport")
    admin.see("filled-from-the-file")
    page.get_by_role("button", name="Simpan").click()
    page.get_by_text("kini tercatat di katalog").wait_for()
    admin.see("listed")

    visitor = person()
    visitor.go("/apps?q=perhubungan")
    visitor.see("beneath-the-packages")
    visitor.page.get_by_role("link", name="Daftar: berjalan di tempat lain").click()
    visitor.page.get_by_role("heading", name="Daftar aplikasi daerah").wait_for()
    visitor.see("all-listings")
    visitor.page.get_by_role("link", name=SITE).click()
    visitor.page.get_by_text("Daftar, bukan paket").first.wait_for()
    assert LONG[:60] in visitor.page.inner_text("main")
    visitor.see("one-listing")

    admin.go(f"{served.portal('tangsel')}/manage/listings")
    if page.url.startswith(served.address):
        admin.go("/handover?to=tangsel&next=%2Fmanage%2Flistings")
    page.get_by_role("button", name="Umumkan bahwa kami memakainya").click()
    page.get_by_text("kini menyebut daerah Anda").wait_for()
    admin.see("said-in-public")
    visitor.page.reload()
    assert "Kota Tangerang Selatan" in visitor.page.locator("#users").inner_text()

    admin.go("/publish/tangsel/inventory")
    admin.see("an-inventory")
    page.locator("input[type=file]").set_input_files(
        {"name": "inventaris.csv", "mimeType": "text/csv", "buffer": INVENTORY.encode()}
    )
    page.get_by_role("button", name="Lihat dulu").click()
    page.get_by_role("heading", name="Ditolak").wait_for()
    admin.see("looked-over")
    page.get_by_role("button", name="Catat semuanya").click()
    page.get_by_text("2 aplikasi dicatat").wait_for()
    admin.see("taken-in")
