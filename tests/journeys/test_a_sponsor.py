"""A company sponsors a municipality's hosting monthly, everybody sees it, it stops, and the record says until when."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote, urlsplit

import pytest

from lumbung.local_stripe import LocalStripe
from tests.journeys.conftest import Person, Served
from tests.money_stage import with_stripe

pytestmark = [pytest.mark.journey, pytest.mark.usual_screen("phone")]
NAME = "PT Serpong Digital Nusantara"


def test_a_company_sponsors_hosting_and_stops(
    served: Served, person: Callable[..., Person], local_stripe: LocalStripe
) -> None:
    local_stripe.reset()
    with with_stripe(served.app, local_stripe):
        _sponsor_and_stop(served, person(), local_stripe)


def _tell(served: Served, stripe: LocalStripe) -> None:
    """Let the application hear of everything that happened at Stripe; what it knows already changes nothing."""
    for event in stripe.events():
        body, signature = stripe.signed(event["id"])
        headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
        answer = served.app.test_client().post("/stripe/events", base_url=served.address, data=body, headers=headers)
        assert answer.status_code == 200
    served.work()


def _sponsor_and_stop(served: Served, company: Person, stripe: LocalStripe) -> None:
    page = company.page
    company.go("/sponsors")
    company.see("nobody-yet")
    page.get_by_role("link", name="Jadi sponsor").click()
    page.get_by_label("Nama aplikasi, daerah, atau program").fill("tangerang sel")
    page.get_by_role("button", name="Cari").click()
    company.see("what-to-sponsor")
    page.get_by_role("link", name="Kota Tangerang Selatan").click()
    page.get_by_label("Nama sponsor").fill(NAME)
    page.get_by_text("Perusahaan", exact=True).click()
    page.get_by_text("Rp 5.000.000", exact=True).click()
    page.get_by_role("textbox", name="Pesan (boleh kosong)").fill("Untuk tetangga kami di Tangsel.")
    company.see("how-much")
    page.get_by_role("button", name="Lanjut ke pembayaran").click()
    page.wait_for_url("**/sign-in**")
    back = page.url.split("next=", 1)[1]
    company.sign_in(served.world.stranger, to=unquote(back))
    assert page.get_by_label("Nama sponsor").input_value() == NAME
    page.get_by_role("button", name="Lanjut ke pembayaran").click()
    page.wait_for_url("**/c/pay/**")
    page.locator("form button[type=submit]").click()
    page.get_by_text("Pembayaran sedang diperiksa").wait_for()
    company.see("being-checked")
    _tell(served, stripe)
    page.get_by_role("link", name="Kuitansi KW/").wait_for()
    company.see("it-runs")
    mail = served.mailbox.to(served.world.stranger.email)
    assert [str(one["Subject"]).startswith("Terima kasih: kuitansi KW/") for one in mail] == [True]

    page.get_by_role("link", name="Catatan publik").click()
    page.get_by_role("heading", name=NAME).wait_for()
    company.see("public-record")
    record = urlsplit(page.url).path
    company.go("/regions/36.74")
    page.locator("main").get_by_role("link", name=NAME).click()
    company.see("sponsors-of-tangsel")

    company.go("/me/sponsorships")
    company.see("mine")
    page.get_by_role("link", name="Hosting Kota Tangerang Selatan").click()
    page.get_by_role("link", name="Hentikan").click()
    company.see("stop")
    page.get_by_role("button", name="Ya, hentikan").click()
    page.get_by_text("Sponsor ini berhenti; sudah dibayar sampai").wait_for()
    served.work()
    company.go(record)
    page.get_by_text("berhenti, dibayar sampai").wait_for()
    company.see("until-when")
