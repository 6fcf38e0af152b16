"""A province takes a plan, adds a municipality, grows, and stops; the page says until when."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote

import pytest

from lumbung.local_stripe import LocalStripe
from tests.journeys.conftest import Person, Served
from tests.money_stage import with_stripe

pytestmark = [pytest.mark.journey, pytest.mark.usual_screen("phone")]


def test_a_province_pays_for_its_municipalities(
    served: Served, person: Callable[..., Person], local_stripe: LocalStripe
) -> None:
    local_stripe.reset()
    with with_stripe(served.app, local_stripe):
        _take_and_stop(served, person)


def _take_and_stop(served: Served, person: Callable[..., Person]) -> None:
    province = person()
    page = province.page
    province.go("/")
    page.get_by_role("link", name="Lihat paket").click()
    page.get_by_role("heading", name="Gratis, selamanya").wait_for()
    province.see("plans")
    page.get_by_role("link", name="Mulai program").first.click()
    page.wait_for_url("**/sign-in**")
    province.sign_in(served.world.stranger, to=unquote(page.url.split("next=", 1)[1]))
    page.get_by_label("Nama program").fill("Provinsi Banten: Layanan Digital")
    page.get_by_text("Sampai 10 daerah").click()
    province.see("new")
    page.get_by_role("button", name="Lanjut ke pembayaran").click()
    page.wait_for_url("**/c/pay/**")
    page.get_by_role("link", name="Kembali").click()
    page.get_by_role("heading", name="Ukuran lain").wait_for()
    province.see("not-paid-yet")
    page.get_by_role("button", name="Batalkan").click()
    page.get_by_role("dialog").get_by_role("button", name="Batalkan").click()
    page.get_by_text("Dibatalkan; tidak ada yang dibayar.").wait_for()
    province.see("withdrawn")
    page.get_by_role("button", name="Mulai lagi dan bayar").click()
    page.wait_for_url("**/c/pay/**")
    page.locator("form button[type=submit]").click()
    page.get_by_role("heading", name="Pembayaran sedang diperiksa").wait_for()
    province.see("being-checked")
    served.work()
    page.get_by_text("Dibayar sampai").wait_for()
    page.get_by_label("Tambah daerah").fill("tangerang sel")
    page.get_by_role("button", name="Cari").click()
    page.get_by_role("button", name="Tambahkan Kota Tangerang Selatan").click()
    page.get_by_text("Daerah sudah ikut").wait_for()
    province.see("a-municipality-in-it")

    page.get_by_role("button", name="Ganti kartu").click()
    page.wait_for_url("**/p/session/**")
    page.get_by_role("heading", name="Ganti kartu").wait_for()
    page.get_by_role("button", name="Pakai kartu ini").click()
    page.get_by_text("Stripe sedang ditanya kartu mana yang baru").wait_for()
    province.see("another-card")

    page.get_by_label("Ukuran baru").select_option("20")
    page.get_by_role("button", name="Lihat akibatnya").click()
    page.get_by_text("Hari ini tidak ada yang ditagih.").wait_for()
    province.see("larger")
    page.get_by_role("button", name="Ubah ukuran").click()
    page.get_by_text("1 dari 20").wait_for()

    page.get_by_role("link", name="Hentikan program").click()
    province.see("stop")
    page.get_by_role("button", name="Hentikan program").click()
    page.get_by_text("Tidak ada tagihan lagi.").wait_for()
    province.see("until-when")

    served.work()
    admin = person()
    admin.sign_in(served.world.tangsel.accounts["admin"], to="/handover?to=tangsel&next=/manage/usage")
    admin.page.get_by_text("ikut program Provinsi Banten").wait_for()
    admin.see("usage")
    assert any("ikut program" in str(mail["Subject"]) for mail in served.mailbox.to("admin@tangsel.test"))
